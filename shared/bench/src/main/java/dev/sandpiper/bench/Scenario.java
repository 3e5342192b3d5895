package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import java.io.IOException;

/** One kind of load. Holds no state; everything that a run makes lives in its {@link Run}. */
public interface Scenario {
    /** As on the command line. */
    String name();

    /**
     * Loads the server and puts what was measured into the run.
     *
     * @throws BenchFailure when the server refused the load or broke a promise; what is known by then stands in the run
     * @throws IOException when the server, or the account of what it spends, cannot be reached
     */
    void run(Run run) throws BenchFailure, IOException, InterruptedException;
}
