package dev.sandpiper.bench.load;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which events of which series one subscriber has; tells a late one from a repeated one. */
final class Seen {
    enum Arrival {
        IN_ORDER,
        LATE,
        REPEATED,
        /** It is of a series that does not belong here. */
        STRAY
    }

    /** Beyond this the rest of a gap is only counted as lost. */
    private static final int MAX_MISSING = 100_000;

    private final int[] series;
    private final int[] next;
    private @Nullable Set<Long> missing;

    /** @param series ascending; {@code first} is the number that is expected first of each */
    Seen(int[] series, int first) {
        this.series = series;
        this.next = new int[series.length];
        Arrays.fill(next, first);
    }

    int[] series() {
        return series;
    }

    Arrival arrived(int of, int number) {
        int index = series.length == 1 && series[0] == of ? 0 : Arrays.binarySearch(series, of);
        if (index < 0) {
            return Arrival.STRAY;
        }
        int expected = next[index];
        if (number == expected) {
            next[index] = number + 1;
            return Arrival.IN_ORDER;
        }
        if (number > expected) {
            miss(index, expected, number);
            next[index] = number + 1;
            return Arrival.IN_ORDER;
        }
        return missing != null && missing.remove(key(index, number)) ? Arrival.LATE : Arrival.REPEATED;
    }

    private void miss(int index, int from, int to) {
        Set<Long> gaps = missing == null ? new HashSet<>() : missing;
        for (int number = from; number < to && gaps.size() < MAX_MISSING; number++) {
            gaps.add(key(index, number));
        }
        missing = gaps;
    }

    private static long key(int index, int number) {
        return (long) index << 32 | number;
    }
}
