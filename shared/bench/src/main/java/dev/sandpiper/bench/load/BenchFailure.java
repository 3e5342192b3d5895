package dev.sandpiper.bench.load;

/** The server refused the load or broke a promise. The message is a sentence for a person. */
public final class BenchFailure extends Exception {
    private static final long serialVersionUID = 1;

    public BenchFailure(String message) {
        super(message, null, false, false);
    }
}
