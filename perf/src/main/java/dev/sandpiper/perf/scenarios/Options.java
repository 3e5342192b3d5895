package dev.sandpiper.perf.scenarios;

/** How options of the bench are written. */
final class Options {
    private Options() {}

    static String seconds(double seconds) {
        return seconds == Math.rint(seconds) ? (long) seconds + "s" : Math.round(seconds * 1_000) + "ms";
    }
}
