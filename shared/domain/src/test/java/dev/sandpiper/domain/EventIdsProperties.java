package dev.sandpiper.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class EventIdsProperties {
    @Property
    void idsSortByTime(
            @ForAll @LongRange(max = (1L << 48) - 2) long time, @ForAll @LongRange(min = 1, max = 1000) long later) {
        EventIds ids = new EventIds(new Random(1));
        String first = ids.next(time).value();
        String second = ids.next(Math.min(time + later, (1L << 48) - 1)).value();
        assertThat(first).matches("[0-9A-HJKMNP-TV-Z]{26}");
        assertThat(first.substring(0, 10)).isLessThan(second.substring(0, 10));
    }

    @Example
    void idsOfOneMillisecondDiffer() {
        EventIds ids = new EventIds(new Random(1));
        Set<EventId> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(ids.next(1_700_000_000_000L))).isTrue();
        }
    }
}
