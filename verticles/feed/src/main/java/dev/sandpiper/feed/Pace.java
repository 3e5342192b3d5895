package dev.sandpiper.feed;

/** A rate that may be overdrawn once: what was taken too much is waited for before the next. Not safe for use by several threads. */
final class Pace {
    private static final long SECOND = 1_000_000_000;

    private double perSecond;
    private final long burst;
    private long available;
    private long filledAt;

    /** @param now in nanoseconds, as in all methods */
    Pace(double perSecond, long burst, long now) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.available = burst;
        this.filledAt = now;
    }

    /** From now on. */
    void rate(double perSecond) {
        this.perSecond = perSecond;
    }

    boolean open(long now) {
        long elapsed = Math.min(now - filledAt, SECOND);
        long earned = (long) (elapsed * perSecond / SECOND);
        if (earned > 0) {
            available = Math.min(burst, available + earned);
            filledAt = now;
        }
        return available > 0;
    }

    void take(long count) {
        available -= count;
    }
}
