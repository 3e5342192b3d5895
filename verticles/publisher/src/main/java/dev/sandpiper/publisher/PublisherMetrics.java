package dev.sandpiper.publisher;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.management.TenantCounters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What is counted while publishing. */
final class PublisherMetrics {
    private static final Duration[] LATENCIES = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1)
    };

    private final MeterRegistry registry;
    private final Map<String, Counter> failures = new ConcurrentHashMap<>();
    private final Timer latency;
    private final Counter duplicates;
    private final Counter ephemeral;
    private final Counter retried;
    private final Timer waited;
    private final Timer together;
    private final TenantCounters tenants;

    /** @param stream that is published to */
    PublisherMetrics(
            MeterRegistry registry,
            int tenantSeries,
            String stream,
            Supplier<Number> inFlight,
            Supplier<Number> waiting) {
        this.registry = registry;
        this.latency = Timer.builder("sandpiper.publisher.acknowledged")
                .description("Acknowledged events, by the time from acceptance to acknowledgement")
                .serviceLevelObjectives(LATENCIES)
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
        this.waited = Timer.builder("sandpiper.publisher.waited")
                .description("Events that had to wait for their tenant's turn, by how long they did")
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
        this.together = Timer.builder("sandpiper.publisher.together")
                .description(
                        "Transactions, and events whose key is remembered, by the time from acceptance to acknowledgement")
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
        this.tenants = new TenantCounters(
                registry,
                "sandpiper.publisher.tenant.events",
                "Events that were asked to be published, by tenant",
                tenantSeries);
        Gauge.builder("sandpiper.publisher.waiting", waiting)
                .description("Events that wait to be sent because too many are in flight")
                .tag("stream", stream)
                .register(registry);
        Gauge.builder("sandpiper.publisher.in.flight", inFlight)
                .description("Events that wait for their acknowledgement")
                .tag("stream", stream)
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

    void waited(long nanos) {
        waited.record(nanos, TimeUnit.NANOSECONDS);
    }

    void together(long nanos) {
        together.record(nanos, TimeUnit.NANOSECONDS);
    }

    void asked(TenantId tenant) {
        tenants.count(tenant, 1);
    }

    void failed(String code) {
        failures.computeIfAbsent(
                        code,
                        any -> Counter.builder("sandpiper.publisher.failed")
                                .description(
                                        "Events that were refused or whose outcome is unknown, by the error's code")
                                .tag("code", code)
                                .register(registry))
                .increment();
    }
}
