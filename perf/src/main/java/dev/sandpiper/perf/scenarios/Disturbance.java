package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Load beside the one that is measured. Begins when it is made. */
interface Disturbance extends AutoCloseable {
    /** Adds what was seen of it, once the measurement is over. */
    default void describe(ObjectNode results) throws InterruptedException {
        // Nothing to tell.
    }

    @Override
    void close() throws InterruptedException;

    /** Begins one. */
    interface Maker {
        Disturbance begin(Stage.Lease lease) throws BenchFailure, InterruptedException;
    }
}
