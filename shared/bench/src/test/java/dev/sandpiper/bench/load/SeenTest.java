package dev.sandpiper.bench.load;

import static dev.sandpiper.bench.load.Seen.Arrival.IN_ORDER;
import static dev.sandpiper.bench.load.Seen.Arrival.LATE;
import static dev.sandpiper.bench.load.Seen.Arrival.REPEATED;
import static dev.sandpiper.bench.load.Seen.Arrival.STRAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenTest {
    @Test
    void whatComesInOrderIsInOrderForEachSeriesByItself() {
        Seen seen = new Seen(new int[] {3, 8}, 0);
        assertThat(IntStream.range(0, 100)
                        .mapToObj(i -> seen.arrived(i % 2 == 0 ? 3 : 8, i / 2))
                        .distinct())
                .containsExactly(IN_ORDER);
    }

    @Test
    void aLateOneIsToldFromARepeatedOne() {
        Seen seen = new Seen(new int[] {1}, 0);
        seen.arrived(1, 0);
        seen.arrived(1, 3);
        assertThat(seen.arrived(1, 1)).isEqualTo(LATE);
        assertThat(seen.arrived(1, 1)).isEqualTo(REPEATED);
        assertThat(seen.arrived(1, 3)).isEqualTo(REPEATED);
        assertThat(seen.arrived(1, 4)).isEqualTo(IN_ORDER);
        assertThat(seen.arrived(1, 2)).isEqualTo(LATE);
    }

    @Test
    void whatCameBeforeTheFirstExpectedIsARepeat() {
        assertThat(new Seen(new int[] {1}, 1).arrived(1, 0)).isEqualTo(REPEATED);
    }

    @Test
    void aSeriesThatWasNotAskedForIsStray() {
        assertThat(new Seen(new int[] {1}, 0).arrived(2, 0)).isEqualTo(STRAY);
        assertThat(new Seen(new int[] {1, 5}, 0).arrived(2, 0)).isEqualTo(STRAY);
    }
}
