package dev.sandpiper.deadletters.nats;

/** A node that dies as by {@code kill -9} when it has stored a letter and not acknowledged its advisory yet. */
final class KilledCollector {
    static final int EXIT_CODE = 137;

    private KilledCollector() {}

    /** @param arguments the server's address and the namespace */
    public static void main(String... arguments) {
        LetterWorld.joining(arguments[0], arguments[1]).collect(() -> {
            Runtime.getRuntime().halt(EXIT_CODE);
            throw new IllegalStateException("it is dead");
        });
    }
}
