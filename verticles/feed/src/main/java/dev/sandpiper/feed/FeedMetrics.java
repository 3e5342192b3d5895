package dev.sandpiper.feed;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.management.TenantCounters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What the feed counts. */
final class FeedMetrics {
    private final MeterRegistry registry;
    private final String stream;
    final Counter liveEvents;
    final Counter refills;
    final Counter refilledEvents;
    final Counter duplicates;
    final Counter resyncs;
    final Counter ringHits;
    final Counter ringMisses;
    final Counter rejoins;
    final Counter failures;
    final Counter overflows;
    private final Counter pages;
    private final Counter pageEvents;
    private final Counter paceWaits;
    private final TenantCounters tenants;

    /** @param stream that is read */
    FeedMetrics(MeterRegistry registry, int tenantSeries, String stream) {
        this.registry = registry;
        this.stream = stream;
        this.liveEvents = counter("live.events", "Stored events heard live");
        this.refills = counter("refills", "Gaps that were filled from the event store");
        this.refilledEvents = counter("refilled.events", "Events that were delivered from the event store, not live");
        this.duplicates = counter("duplicates", "Live events dropped because they had been delivered");
        this.resyncs = counter("resyncs", "Times that every topic was compared with the event store");
        this.ringHits = counter("ring.hits", "Resumes served from memory");
        this.ringMisses = counter("ring.misses", "Resumes that had to read the event store");
        this.rejoins = counter(
                "subscriptions.rejoined",
                "Subscriptions of several topics that went back to the event store because too much waited");
        this.failures = counter("subscriptions.failed", "Subscriptions ended by the feed");
        this.overflows = counter("queue.overflows", "Times that an event loop fell too far behind");
        this.pages = counter("pages", "Pages read from the event store");
        this.pageEvents = counter("page.events", "Events read from the event store");
        this.paceWaits =
                counter("pace.waits", "Times that a replay was not read on because that would have been too fast");
        this.tenants = new TenantCounters(
                registry,
                "sandpiper.feed.tenant.deliveries",
                "Live events handed to subscribers, by tenant",
                tenantSeries);
    }

    /** Once for each event and event loop, whatever the number of receivers. */
    void delivered(TenantId tenant, int receivers) {
        tenants.count(tenant, receivers);
    }

    void paceWait() {
        paceWaits.increment();
    }

    void pageRead(int events) {
        pages.increment();
        pageEvents.increment(events);
    }

    <T> void pages(T source, ToDoubleFunction<T> value) {
        gauge("pages.waiting", "Pages waiting or being read", source, value);
    }

    <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
        Gauge.builder("sandpiper.feed." + name, source, value)
                .description(description)
                .tag("stream", stream)
                .register(registry);
    }

    <T> void queueDepth(int loop, T source, ToDoubleFunction<T> value) {
        Gauge.builder("sandpiper.feed.queue.depth", source, value)
                .description("Deliveries waiting for an event loop")
                .tag("loop", Integer.toString(loop))
                .tag("stream", stream)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("sandpiper.feed." + name)
                .description(description)
                .register(registry);
    }
}
