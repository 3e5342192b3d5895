package dev.sandpiper.perf.scenarios;

/** A bench that lost, repeated or reordered messages, or was refused: what it reports does not count. */
public final class BenchFailure extends Exception {
    private static final long serialVersionUID = 1;

    BenchFailure(String message) {
        super(message);
    }

    BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
