package dev.sandpiper.bench.load;

import java.time.Duration;

/**
 * When requests are due, whatever the server did to those before them.
 *
 * @param start of the first, in the time of {@link System#nanoTime}
 * @param gapNanos between two
 * @param count of requests
 */
record Schedule(long start, double gapNanos, long count) {
    /** @param rate events a second, {@code batch} of them in a request; at least one request */
    static Schedule of(long start, double rate, int batch, Duration duration) {
        double gap = 1e9 * batch / rate;
        return new Schedule(start, gap, Math.max(1, Math.round(duration.toNanos() / gap)));
    }

    long due(long request) {
        return start + (long) (request * gapNanos);
    }
}
