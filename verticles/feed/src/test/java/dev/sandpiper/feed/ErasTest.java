package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ErasTest {
    private final AtomicLong breaks = new AtomicLong();
    private final Eras eras = new Eras(breaks::get);

    private boolean isBroken(long storedMillis, long nowMillis) {
        return eras.isBroken(
                new StoredEvent(
                        new TenantId("t"),
                        new ProjectId("p"),
                        new Topic("t"),
                        new EventId("0".repeat(26)),
                        "message",
                        new byte[0],
                        null,
                        null,
                        Instant.ofEpochMilli(storedMillis),
                        new Cursor(1, 1)),
                nowMillis);
    }

    @BeforeEach
    void hearOne() {
        isBroken(50_000, 10_000);
    }

    @Test
    void whatFollowsSoonFollows() {
        assertThat(isBroken(50_900, 10_900)).isFalse();
        assertThat(isBroken(51_800, 11_800)).isFalse();
    }

    @Test
    void aSilenceInTheStreamBreaksEvenIfTheNodeHeardNoneBecauseItWasStuck() {
        assertThat(isBroken(54_000, 10_001)).isTrue();
        assertThat(isBroken(54_001, 10_002)).isFalse();
    }

    @Test
    void aSilenceHereBreaksEvenIfTheClockOfAnotherLeaderHidesIt() {
        assertThat(isBroken(50_001, 14_000)).isTrue();
    }

    @Test
    void theClockOfAnotherLeaderThatIsBehindBreaks() {
        assertThat(isBroken(47_000, 10_001)).isTrue();
    }

    @Test
    void aBrokenConnectionBreaksOnce() {
        breaks.incrementAndGet();
        assertThat(isBroken(50_001, 10_001)).isTrue();
        assertThat(isBroken(50_002, 10_002)).isFalse();
    }
}
