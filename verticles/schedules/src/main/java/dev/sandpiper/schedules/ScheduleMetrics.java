package dev.sandpiper.schedules;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** What is counted of scheduled events. */
final class ScheduleMetrics {
    private final Timer lateness;
    private final Counter failed;
    private final Counter accepted;

    ScheduleMetrics(MeterRegistry registry, BooleanSupplier owner) {
        this.lateness = Timer.builder("sandpiper.schedules.published")
                .description("Scheduled events that were published, by how long after their time")
                .serviceLevelObjectives(
                        Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1))
                .register(registry);
        this.failed = Counter.builder("sandpiper.schedules.failed")
                .description("Scheduled events that were refused when their time had come")
                .register(registry);
        this.accepted = Counter.builder("sandpiper.schedules.accepted")
                .description("Events that were scheduled")
                .register(registry);
        Gauge.builder("sandpiper.schedules.owner", owner, is -> is.getAsBoolean() ? 1 : 0)
                .description("1 on the node that publishes scheduled events")
                // Nobody else keeps what it asks.
                .strongReference(true)
                .register(registry);
    }

    void published(Instant deliverAt) {
        Duration late = Duration.between(deliverAt, Instant.now());
        lateness.record(late.isNegative() ? Duration.ZERO : late);
    }

    void failed() {
        failed.increment();
    }

    void accepted() {
        accepted.increment();
    }
}
