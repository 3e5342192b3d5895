package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The newest events of a topic: full, so that each new one displaces the oldest. In the package of what it measures. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {
    private static final int EVENTS = 1_024;
    private static final int MISSED = 100;

    private final Ring ring = new Ring(EVENTS, 1 << 20);
    private final StoredEvent[] events = new StoredEvent[2 * EVENTS];
    private final List<StoredEvent> resumed = new ArrayList<>(MISSED);
    private int next;

    /** Full from the beginning. */
    public RingBenchmark() {
        for (int i = 0; i < events.length; i++) {
            events[i] = event(i + 1);
        }
        while (next < EVENTS) {
            add();
        }
    }

    /** What every live event pays. */
    @Benchmark
    public int add() {
        ring.add(events[next++ % events.length]);
        return ring.size();
    }

    /** What a client pays that comes back after a hundred events. */
    @Benchmark
    public int resume() {
        resumed.clear();
        ring.copyAfter(ring.firstSequence() + EVENTS - MISSED - 1, resumed);
        return resumed.size();
    }

    private static StoredEvent event(int sequence) {
        return new StoredEvent(
                new TenantId("acme"),
                new ProjectId("production"),
                new Topic("chat:room-123"),
                new EventId("%026d".formatted(sequence)),
                "new-message",
                ("{\"text\":\"" + "x".repeat(116) + "\"}").getBytes(StandardCharsets.US_ASCII),
                null,
                "user-456",
                Instant.parse("2026-01-25T09:00:00.123Z"),
                new Cursor(7, sequence));
    }
}
