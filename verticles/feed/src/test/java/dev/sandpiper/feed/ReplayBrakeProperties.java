package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class ReplayBrakeProperties {
    private static final int HIGHEST = 100_000;
    private static final int LEAST = HIGHEST / 50;

    @Property
    void neverStopsAndNeverExceedsWhatIsAllowed(@ForAll @LongRange(min = 0, max = 1_000_000_000) long[] lateness) {
        double rate = HIGHEST;
        for (long late : lateness) {
            double next = ReplayBrake.next(rate, HIGHEST, late);
            assertThat(next).isBetween((double) LEAST, (double) HIGHEST);
            if (late > ReplayBrake.LATE_NANOS) {
                assertThat(next).isLessThanOrEqualTo(rate);
            } else {
                assertThat(next).isGreaterThanOrEqualTo(rate);
            }
            rate = next;
        }
    }
}
