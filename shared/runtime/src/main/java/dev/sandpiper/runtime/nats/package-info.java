/**
 * The event store: how events lie in JetStream and how a node holds its connection to it. Nobody else knows subjects, headers
 * or the shape of the stream.
 */
@NullMarked
package dev.sandpiper.runtime.nats;

import org.jspecify.annotations.NullMarked;
