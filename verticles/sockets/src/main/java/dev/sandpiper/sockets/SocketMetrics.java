package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformError;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted about connections, for the whole node. */
final class SocketMetrics {
    private final MeterRegistry registry;
    private final Map<Transport, AtomicInteger> connections = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> deliveries = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> bytes = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> slow = new EnumMap<>(Transport.class);
    private final Map<String, Counter> frames = new ConcurrentHashMap<>();
    private final Map<String, Counter> errors = new ConcurrentHashMap<>();
    private final AtomicInteger subscriptions = new AtomicInteger();

    SocketMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Transport transport : Transport.values()) {
            var open = new AtomicInteger();
            connections.put(transport, open);
            Gauge.builder("sandpiper.sockets.connections", open, AtomicInteger::get)
                    .tag("transport", transport.label())
                    .register(registry);
            deliveries.put(transport, counter("sandpiper.sockets.deliveries", transport));
            bytes.put(transport, counter("sandpiper.sockets.sent.bytes", transport));
            slow.put(transport, counter("sandpiper.sockets.slow.closes", transport));
        }
        Gauge.builder("sandpiper.sockets.subscriptions", subscriptions, AtomicInteger::get)
                .register(registry);
    }

    void opened(Transport transport) {
        of(connections, transport).incrementAndGet();
    }

    void closed(Transport transport) {
        of(connections, transport).decrementAndGet();
    }

    int open(Transport transport) {
        return of(connections, transport).get();
    }

    void subscribed(int count) {
        subscriptions.addAndGet(count);
    }

    int subscriptions() {
        return subscriptions.get();
    }

    void delivered(Transport transport, long events, long sentBytes) {
        of(deliveries, transport).increment((double) events);
        of(bytes, transport).increment((double) sentBytes);
    }

    void slowClose(Transport transport) {
        of(slow, transport).increment();
    }

    void frame(String type) {
        Counter known = frames.get(type);
        if (known != null) {
            known.increment();
            return;
        }
        frames.computeIfAbsent(
                        type,
                        t -> Counter.builder("sandpiper.sockets.frames")
                                .tag("type", t)
                                .register(registry))
                .increment();
    }

    void error(PlatformError error) {
        errors.computeIfAbsent(
                        error.code(),
                        code -> Counter.builder("sandpiper.sockets.errors")
                                .tag("code", code)
                                .register(registry))
                .increment();
    }

    private Counter counter(String name, Transport transport) {
        return Counter.builder(name).tag("transport", transport.label()).register(registry);
    }

    private static <T> T of(Map<Transport, T> all, Transport transport) {
        T one = all.get(transport);
        if (one == null) {
            throw new IllegalStateException(transport.label());
        }
        return one;
    }
}
