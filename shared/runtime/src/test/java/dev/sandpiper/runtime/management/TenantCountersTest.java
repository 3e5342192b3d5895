package dev.sandpiper.runtime.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TenantCountersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TenantCounters counters = new TenantCounters(registry, "counted", "What was counted", 2);

    @Test
    void countsBeyondTheBoundTogether() {
        count("a", 1);
        count("b", 2);
        count("c", 3);
        count("d", 4);
        assertThat(series()).isEqualTo(Map.of("a", 1.0, "b", 2.0, "_other", 7.0));
    }

    @Test
    void givesItsSeriesToTheBusiest() {
        count("a", 1);
        count("b", 20);
        count("c", 30);
        counters.rank();
        count("a", 1);
        count("b", 1);
        count("c", 1);
        assertThat(series()).isEqualTo(Map.of("b", 21.0, "c", 1.0, "_other", 31.0));
    }

    @Test
    void keepsASeriesWhileNobodyIsClearlyBusier() {
        count("a", 10);
        count("b", 10);
        count("c", 19);
        counters.rank();
        assertThat(series()).containsOnlyKeys("a", "b", "_other");
    }

    @Test
    void freesTheSeriesOfATenantThatWentQuiet() {
        count("a", 1);
        count("b", 1);
        for (int i = 0; i < 3; i++) {
            counters.rank();
        }
        assertThat(series()).containsOnlyKeys("_other");
        count("c", 5);
        assertThat(series()).isEqualTo(Map.of("c", 5.0, "_other", 0.0));
    }

    private void count(String tenant, long count) {
        counters.count(new TenantId(tenant), count);
    }

    private Map<String, Double> series() {
        return registry.find("counted").counters().stream()
                .collect(Collectors.toMap(
                        counter -> String.valueOf(counter.getId().getTag("tenant")), Counter::count));
    }
}
