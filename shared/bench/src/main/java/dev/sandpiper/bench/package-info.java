/**
 * Load for real-time servers: one class per scenario, what it is asked ({@link dev.sandpiper.bench.Parameters}) and what it says
 * ({@link dev.sandpiper.bench.Report}). Speaks wire protocols only and shares no code with the server.
 */
@NullMarked
package dev.sandpiper.bench;

import org.jspecify.annotations.NullMarked;
