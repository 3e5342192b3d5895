package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.report.Finding;
import java.util.Optional;

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

    /** Why it cannot be played on this machine; empty when it can. */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** Plays it to its end. An {@link AssertionError} says that clients did not get what they waited for at all. */
    Finding run() throws Exception;
}
