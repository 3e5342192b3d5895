package dev.sandpiper.testkit.history;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Everything that clients did to one topic and saw of it. Of any thread.
 *
 * <p>Readers must subscribe before the first event is sent: each has to be given all of the stream.
 */
public final class History {
    /**
     * @param sentAt when its sender first began to send it
     * @param acknowledgedAt when its receipt had come; {@link Long#MAX_VALUE} without one
     * @param cursor of the receipt, empty without one
     */
    record Sent(long sentAt, long acknowledgedAt, String cursor) {
        boolean isAcknowledged() {
            return acknowledgedAt != Long.MAX_VALUE;
        }
    }

    private final LongSupplier clock;
    private final Map<String, Sent> sent = new ConcurrentHashMap<>();
    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();

    public History() {
        this(System::nanoTime);
    }

    /** @param clock never goes back */
    History(LongSupplier clock) {
        this.clock = clock;
    }

    /** Call before the first byte of it leaves; calling it again for another attempt changes nothing. */
    public void sending(String event) {
        sent.putIfAbsent(event, new Sent(clock.getAsLong(), Long.MAX_VALUE, ""));
    }

    /** @param cursor that the receipt names */
    public void acknowledged(String event, String cursor) {
        sent.computeIfPresent(event, (same, before) -> new Sent(before.sentAt(), clock.getAsLong(), cursor));
        acknowledged.incrementAndGet();
    }

    public int acknowledged() {
        return acknowledged.get();
    }

    /** The longest time between two receipts that followed each other; zero before the second. */
    public Duration longestGap() {
        long[] times = sent.values().stream()
                .filter(Sent::isAcknowledged)
                .mapToLong(Sent::acknowledgedAt)
                .sorted()
                .toArray();
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            longest = Math.max(longest, times[i] - times[i - 1]);
        }
        return Duration.ofNanos(longest);
    }

    public Reader reader(String name) {
        var reader = new Reader(name);
        readers.add(reader);
        return reader;
    }

    /**
     * Decides whether all of this may have happened on a platform that keeps its promises.
     *
     * @param stream what the platform has stored, read back from the topic's beginning once all was over
     * @return what is wrong, in sentences; empty when nothing is
     */
    public List<String> violations(List<Entry> stream) {
        var judge = new Judge(Map.copyOf(sent), stream);
        judge.stream();
        readers.forEach(judge::reader);
        return judge.violations();
    }
}
