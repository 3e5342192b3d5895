package dev.sandpiper.consumers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What is counted for all consumers of a node together: their number is up to clients, so none of them gets a series. */
final class ConsumerMetrics {
    final Counter delivered;
    final Counter redelivered;
    final Counter acknowledged;
    final Counter terminated;
    final Counter refused;
    final Counter stale;
    final Counter published;
    final Counter recovered;

    ConsumerMetrics(MeterRegistry registry) {
        this.delivered = counter(registry, "delivered", "Events given to workers, repetitions included");
        this.redelivered = counter(registry, "redelivered", "Events given to workers for the second time or later");
        this.acknowledged = counter(registry, "acknowledged", "Events that workers acknowledged");
        this.terminated = counter(registry, "terminated", "Events that workers gave up for good");
        this.refused = counter(registry, "refused", "Events that workers refused, to have them delivered again");
        this.stale = counter(registry, "stale", "Words of workers about deliveries that were no longer theirs");
        this.published = counter(registry, "published", "Events published together with an acknowledgement");
        this.recovered = counter(
                registry, "recovered", "Decisions that somebody else had to carry out, after a crash or an outage");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("sandpiper.consumers." + name)
                .description(description)
                .register(registry);
    }
}
