package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

@Label("A ring")
class RingProperties {
    private static StoredEvent event(long sequence, int size) {
        return new StoredEvent(
                new TenantId("t"),
                new ProjectId("p"),
                new Topic("t"),
                new EventId("0".repeat(26)),
                "message",
                new byte[size],
                null,
                null,
                Instant.EPOCH,
                new Cursor(1, sequence));
    }

    @Property(tries = 1_000)
    @Label("never claims to hold what it lacks, and keeps its bounds")
    void claimsAreTrue(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int maxEvents,
            @ForAll @IntRange(min = 300, max = 4_000) int maxBytes,
            @ForAll @IntRange(min = 0, max = 60) int steps) {
        Random random = new Random(seed);
        List<StoredEvent> history = new ArrayList<>();
        for (long s = 2; s < 40; s += 1 + random.nextInt(4)) {
            history.add(event(s, random.nextInt(600)));
        }
        int next = random.nextInt(history.size());
        long start = next == 0 ? 0 : history.get(next - 1).sequence();
        Ring ring = new Ring(maxEvents, maxBytes);
        ring.reset(start);
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (ring.size() > 0) {
                        ring.evictOldest();
                    }
                }
                case 1 -> {
                    long from = random.nextInt((int) ring.completeFrom() + 1);
                    long until = ring.completeFrom();
                    List<StoredEvent> older = history.stream()
                            .filter(e -> e.sequence() > from && e.sequence() <= until)
                            .toList();
                    int size = ring.size();
                    if (!ring.prepend(older, from)) {
                        assertThat(ring.size()).isEqualTo(size);
                        assertThat(ring.completeFrom()).isEqualTo(until);
                    }
                }
                default -> {
                    if (next < history.size()) {
                        ring.add(history.get(next++));
                    }
                }
            }
            assertThat(ring.size()).isLessThanOrEqualTo(maxEvents);
            assertThat(ring.bytes()).isLessThanOrEqualTo(maxBytes);
            long newest = next == 0 ? 0 : history.get(next - 1).sequence();
            for (long position = 0; position <= newest; position++) {
                if (ring.covers(position)) {
                    long after = position;
                    List<StoredEvent> copy = new ArrayList<>();
                    ring.copyAfter(position, copy);
                    assertThat(copy)
                            .isEqualTo(history.stream()
                                    .filter(e -> e.sequence() > after && e.sequence() <= newest)
                                    .toList());
                }
            }
        }
    }
}
