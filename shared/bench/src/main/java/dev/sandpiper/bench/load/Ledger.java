package dev.sandpiper.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The account of a whole run: what all subscribers received, and the first thing that went wrong. */
public final class Ledger {
    private static final Duration GLANCE = Duration.ofMillis(2);

    private final List<Tally> tallies = new CopyOnWriteArrayList<>();
    private final AtomicLong measureFrom = new AtomicLong(Long.MAX_VALUE);
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    Tally newTally() {
        Tally tally = new Tally(measureFrom);
        tallies.add(tally);
        return tally;
    }

    /** From now on lateness is recorded, afresh, of events that are due at this time or later. */
    public void measureFrom(long due) {
        takeLateness();
        measureFrom.set(due);
    }

    /** The first one is what the run has failed for; what comes after it may follow from it. */
    public void failed(String why) {
        failure.compareAndSet(null, why);
    }

    /** @throws BenchFailure when something went wrong so far */
    public void requireNoFailure() throws BenchFailure {
        String why = failure.get();
        if (why != null) {
            throw new BenchFailure(why);
        }
        if (sum(Tally::strayCount) > 0) {
            throw new BenchFailure("a subscriber received events of a topic that it has not subscribed to");
        }
    }

    /** Every event counted once for each subscriber that has it. */
    public long received() {
        return sum(Tally::receivedCount);
    }

    /** Of these, the ones whose lateness is recorded. */
    public long measured() {
        return sum(Tally::measuredCount);
    }

    public long repeated() {
        return sum(Tally::repeatedCount);
    }

    public long reordered() {
        return sum(Tally::reorderedCount);
    }

    /** When the last event arrived, in the time of {@link System#nanoTime}. */
    public long lastArrival() {
        return tallies.stream().mapToLong(Tally::lastArrival).max().orElse(0);
    }

    /** From when events were due until they arrived, in nanoseconds, since the last call. */
    public Histogram takeLateness() {
        Histogram all = new Histogram(3);
        tallies.forEach(tally -> tally.drainLateness(all));
        return all;
    }

    /** From when connections were due until they were subscribed, in nanoseconds, since the last call. */
    public Histogram takeSetUps() {
        Histogram all = new Histogram(3);
        tallies.forEach(tally -> tally.drainSetUps(all));
        return all;
    }

    /**
     * Waits until so many events have been received, or none has come for the given time: then some are lost, which the
     * counters tell.
     *
     * @throws BenchFailure when something else went wrong
     */
    public void awaitReceived(long expected, Duration silence, Progress progress, String phase)
            throws BenchFailure, InterruptedException {
        long start = received();
        long seen = start;
        long since = System.nanoTime();
        while (seen < expected && System.nanoTime() - since < silence.toNanos()) {
            requireNoFailure();
            pause();
            long now = received();
            if (now != seen) {
                seen = now;
                since = System.nanoTime();
                progress.at(phase, (seen - start) / (double) Math.max(1, expected - start));
            }
        }
        requireNoFailure();
    }

    /** For somebody who waits: some milliseconds. */
    public static void pause() throws InterruptedException {
        LockSupport.parkNanos(GLANCE.toNanos());
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private long sum(ToLongFunction<Tally> count) {
        return tallies.stream().mapToLong(count).sum();
    }
}
