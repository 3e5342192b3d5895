package dev.sandpiper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void theNumberAndTheGapsFollowFromTheRate() {
        Schedule schedule = Schedule.of(1_000, 200, 1, Duration.ofSeconds(2));
        assertThat(schedule.count()).isEqualTo(400);
        assertThat(LongStream.range(0, 3).map(schedule::due)).containsExactly(1_000L, 5_001_000L, 10_001_000L);
    }

    @Test
    void aBatchIsDueAsSeldomAsItIsLarge() {
        Schedule schedule = Schedule.of(0, 1_000, 100, Duration.ofSeconds(1));
        assertThat(schedule.count()).isEqualTo(10);
        assertThat(schedule.due(9)).isEqualTo(900_000_000);
    }

    @Test
    void roundingDoesNotAddUp() {
        Schedule schedule = Schedule.of(0, 3_000, 1, Duration.ofSeconds(1_000));
        assertThat(schedule.count()).isEqualTo(3_000_000);
        assertThat(schedule.due(3_000_000)).isBetween(999_999_999_000L, 1_000_000_001_000L);
    }

    @Test
    void topicsTakeTurnsOrFollowZipf() {
        Choice turns = Choice.inTurn(3);
        assertThat(IntStream.range(0, 5).map(i -> turns.next())).containsExactly(0, 1, 2, 0, 1);

        Choice zipf = Choice.zipf(100, 1);
        int[] counts = new int[100];
        IntStream.range(0, 100_000).forEach(i -> counts[zipf.next()]++);
        // The harmonic number of 100 is 5.187: the first topic gets 19.3 % of all, the second half as many.
        assertThat(counts[0]).isBetween(18_500, 20_100);
        assertThat(counts[1]).isBetween(9_000, 10_300);
        assertThat(counts[99]).isBetween(120, 280);
    }
}
