package dev.sandpiper.feed;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * Slows replays down while event loops are late, for then live events are, and lets them go on when the loops are in time again:
 * additive increase, multiplicative decrease (Chiu and Jain 1989). Never stops them.
 */
final class ReplayBrake {
    /** Later than this a loop does not take up what it is given only when it has too much to do. */
    static final long LATE_NANOS = 5_000_000;

    private static final double DECREASE = 0.7;
    private static final int STEPS = 50;
    /** What is left to replays at the least, as a part of the highest rate. */
    private static final int LEAST = 50;

    private final List<Probe> probes = new ArrayList<>();
    private final double highest;
    private volatile double rate;

    /** @param highest rate, in events a second */
    ReplayBrake(Vertx vertx, int highest) {
        this.highest = highest;
        this.rate = highest;
        for (EventExecutor executor : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            probes.add(new Probe((EventLoop) executor));
        }
    }

    /** To be called every few milliseconds, by one thread at a time. */
    void check(long now) {
        long latest = 0;
        for (Probe probe : probes) {
            latest = Math.max(latest, probe.lateness(now));
        }
        rate = next(rate, highest, latest);
    }

    static double next(double rate, double highest, long lateness) {
        return lateness > LATE_NANOS
                ? Math.max(highest / LEAST, rate * DECREASE)
                : Math.min(highest, rate + highest / STEPS);
    }

    /** Events a second that may be replayed now. */
    double rate() {
        return rate;
    }

    /** Asks one loop, again and again, how long something waits for it. */
    private static final class Probe implements Runnable {
        private final EventLoop loop;
        private volatile long askedAt;
        private volatile long took;
        private volatile boolean answered = true;

        Probe(EventLoop loop) {
            this.loop = loop;
        }

        /** How late it was lately, or is by now. */
        long lateness(long now) {
            if (!answered) {
                return now - askedAt;
            }
            long last = took;
            askedAt = now;
            answered = false;
            loop.execute(this);
            return last;
        }

        @Override
        public void run() {
            took = System.nanoTime() - askedAt;
            answered = true;
        }
    }
}
