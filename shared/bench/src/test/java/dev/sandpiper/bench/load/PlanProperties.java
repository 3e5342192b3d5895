package dev.sandpiper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PlanProperties {
    @Property(tries = 200)
    void everyTopicHasAsManySubscribersAsAskedForEachOnAnotherConnection(
            @ForAll @IntRange(min = 1, max = 30) int topics,
            @ForAll @IntRange(min = 1, max = 30) int subscribers,
            @ForAll @IntRange(min = 1, max = 200) int connections) {
        Assume.that(connections >= subscribers && connections <= topics * subscribers);
        Plan plan = Plan.live(topics, subscribers, connections, Integer::toString);
        int[] counts = new int[topics];
        for (int connection = 0; connection < connections; connection++) {
            int[] series = plan.series().apply(connection);
            assertThat(series).isNotEmpty().isSorted();
            assertThat(Arrays.stream(series).distinct().count()).isEqualTo(series.length);
            Arrays.stream(series).forEach(topic -> counts[topic]++);
        }
        assertThat(IntStream.of(counts)).allMatch(count -> count == subscribers);
    }
}
