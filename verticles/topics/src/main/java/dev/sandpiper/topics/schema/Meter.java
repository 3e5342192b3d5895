package dev.sandpiper.topics.schema;

/** What a check may still cost. One per thread, since a check is one call from beginning to end. */
final class Meter {
    private static final ThreadLocal<Meter> METERS = ThreadLocal.withInitial(Meter::new);

    private long left;

    /** This thread's, for a check that may cost this much. */
    static Meter start(long limit) {
        Meter meter = METERS.get();
        meter.left = limit;
        return meter;
    }

    /** Of the check that is running on this thread. */
    static void charge(long cost) {
        Meter meter = METERS.get();
        meter.left -= cost;
        if (meter.left < 0) {
            throw new Exhausted();
        }
    }

    /** Ends a check that would cost too much. An outcome, not a fault: it has no stack trace. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exhausted() {
            super("the check costs too much", null, false, false);
        }
    }
}
