package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.report.Row;
import java.util.List;

/** One thing to measure, on every server that can be compared in it. */
public interface Scenario {
    /** Unique, lower case with hyphens. */
    String name();

    /** What the table says about it; none when it is for a plot only. */
    List<Row> rows();

    /** @throws BenchFailure when any of its runs does not count */
    void run(Stage stage) throws BenchFailure, InterruptedException;
}
