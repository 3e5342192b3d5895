package dev.sandpiper.bench.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** What arrived at the subscribers of one event loop. Written by that loop alone, read by anyone. */
final class Tally {
    private static final int DIGITS = 3;

    private final AtomicLong received = new AtomicLong();
    private final AtomicLong measured = new AtomicLong();
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicLong reordered = new AtomicLong();
    private final AtomicLong stray = new AtomicLong();
    private final AtomicLong lastArrival = new AtomicLong();
    private final AtomicLong measureFrom;
    private final SingleWriterRecorder lateness = new SingleWriterRecorder(DIGITS);
    private final SingleWriterRecorder setUps = new SingleWriterRecorder(DIGITS);

    /** @param measureFrom the lateness of events that were due earlier is not recorded */
    Tally(AtomicLong measureFrom) {
        this.measureFrom = measureFrom;
    }

    void received(long due, long now) {
        add(received);
        lastArrival.lazySet(now);
        if (due >= measureFrom.getPlain()) {
            add(measured);
            lateness.recordValue(Math.max(0, now - due));
        }
    }

    /** It came, but after a later one; counted by {@link #received} too. */
    void reordered() {
        add(reordered);
    }

    void repeated() {
        add(repeated);
    }

    /** It is of a topic that its receiver has not subscribed to. */
    void stray() {
        add(stray);
    }

    void subscribed(long nanos) {
        setUps.recordValue(Math.max(0, nanos));
    }

    private static void add(AtomicLong counter) {
        counter.lazySet(counter.getPlain() + 1);
    }

    long receivedCount() {
        return received.get();
    }

    long measuredCount() {
        return measured.get();
    }

    long repeatedCount() {
        return repeated.get();
    }

    long reorderedCount() {
        return reordered.get();
    }

    long strayCount() {
        return stray.get();
    }

    long lastArrival() {
        return lastArrival.get();
    }

    /** Adds what was recorded since the last call. */
    void drainLateness(Histogram to) {
        to.add(lateness.getIntervalHistogram());
    }

    void drainSetUps(Histogram to) {
        to.add(setUps.getIntervalHistogram());
    }
}
