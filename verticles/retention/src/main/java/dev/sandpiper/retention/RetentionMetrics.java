package dev.sandpiper.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What the janitor tells of itself. All zero on nodes that are not. */
final class RetentionMetrics {
    private final AtomicLong owner = new AtomicLong();
    private final AtomicLong countedEvents = new AtomicLong();
    private final AtomicLong countedBytes = new AtomicLong();
    private final AtomicLong findings = new AtomicLong();
    private final Counter removedEvents;
    private final Counter removedBytes;
    private final Counter failures;
    private final Timer rounds;

    RetentionMetrics(MeterRegistry registry) {
        gauge(registry, "janitor", "1 on the node that counts and removes events", owner);
        gauge(registry, "counted.events", "Stored events, as the janitor last counted", countedEvents);
        gauge(registry, "counted.bytes", "Bytes that they take in the event store", countedBytes);
        gauge(
                registry,
                "check.findings",
                "Differences that the last check of consistency found between count, stream and trim marks",
                findings);
        removedEvents =
                counter(registry, "removed.events", "Events removed because they exceeded a limit or by request");
        removedBytes = counter(registry, "removed.bytes", "Bytes that they took in the event store");
        failures = counter(registry, "failures", "Looks of the janitor that were broken off");
        rounds = Timer.builder("sandpiper.retention.looks")
                .description("Time that the janitor took to look once: to count and to remove")
                .register(registry);
    }

    void isJanitor(boolean is) {
        owner.set(is ? 1 : 0);
        if (!is) {
            countedEvents.set(0);
            countedBytes.set(0);
        }
    }

    void counted(Usage total) {
        countedEvents.set(total.events());
        countedBytes.set(total.bytes());
    }

    void removed(Usage removed) {
        removedEvents.increment((double) removed.events());
        removedBytes.increment((double) removed.bytes());
    }

    void checked(CheckReport report) {
        findings.set(report.findings().size());
    }

    void failed() {
        failures.increment();
    }

    void looked(long nanos) {
        rounds.record(nanos, TimeUnit.NANOSECONDS);
    }

    private static void gauge(MeterRegistry registry, String name, String description, AtomicLong value) {
        Gauge.builder("sandpiper.retention." + name, value, AtomicLong::get)
                .description(description)
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("sandpiper.retention." + name)
                .description(description)
                .register(registry);
    }
}
