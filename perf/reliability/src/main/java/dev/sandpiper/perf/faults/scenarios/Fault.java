package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.report.Finding;

/** One way to break an installation. */
public interface Fault {
    /** Of its line in the table. */
    int number();

    /** Unique, lower case with hyphens. */
    String name();

    /** How it breaks, and how often. */
    String what();

    /** What must hold. */
    String promise();

    /** Plays it to its end. An {@link AssertionError} says that clients did not get what they waited for at all. */
    Finding run() throws Exception;
}
