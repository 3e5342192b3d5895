/**
 * What a client says and hears, by protocol: one file for each, none of them holding state. Framing (WebSocket frames, server-sent
 * events, HTTP answers) is parsed by hand here, because a benchmark's client shares the processors with what it measures.
 */
@NullMarked
package dev.sandpiper.bench.wire;

import org.jspecify.annotations.NullMarked;
