package dev.sandpiper.publisher;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What is counted while publishing. */
final class PublisherMetrics {
    private final MeterRegistry registry;
    private final Timer latency;
    private final Counter duplicates;
    private final Counter ephemeral;
    private final Counter retried;

    PublisherMetrics(MeterRegistry registry, Supplier<Number> inFlight) {
        this.registry = registry;
        this.latency = Timer.builder("sandpiper.publisher.acknowledged")
                .description("Acknowledged events, by the time from acceptance to acknowledgement")
                .register(registry);
        this.duplicates = Counter.builder("sandpiper.publisher.duplicates")
                .description("Events that were stored before, under the same key")
                .register(registry);
        this.ephemeral = Counter.builder("sandpiper.publisher.ephemeral")
                .description("Events handed to listeners without being stored")
                .register(registry);
        this.retried = Counter.builder("sandpiper.publisher.retried")
                .description("Attempts after the first")
                .register(registry);
        Gauge.builder("sandpiper.publisher.in.flight", inFlight)
                .description("Events that wait for their acknowledgement")
                .register(registry);
    }

    void acknowledged(long nanos) {
        latency.record(nanos, TimeUnit.NANOSECONDS);
    }

    void duplicate() {
        duplicates.increment();
    }

    void ephemeral() {
        ephemeral.increment();
    }

    void retried() {
        retried.increment();
    }

    void failed(String code) {
        registry.counter("sandpiper.publisher.failed", "code", code).increment();
    }
}
