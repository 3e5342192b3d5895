package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.WireFormat;
import dev.sandpiper.protocol.EventEncoders;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted about connections, for the whole node. */
final class SocketMetrics {
    private final MeterRegistry registry;
    private final Map<Transport, AtomicInteger> connections = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> deliveries = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> bytes = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> flushes = new EnumMap<>(Transport.class);
    private final Map<Transport, Counter> slow = new EnumMap<>(Transport.class);
    private final List<SocketLoop> loops = new CopyOnWriteArrayList<>();
    private final Counter leftOut;
    private final Counter positionsWritten;
    private final Counter waits;
    private final Map<String, Counter> frames = new ConcurrentHashMap<>();
    private final Map<String, Counter> errors = new ConcurrentHashMap<>();
    private final AtomicInteger subscriptions = new AtomicInteger();

    SocketMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Transport transport : Transport.values()) {
            var open = new AtomicInteger();
            connections.put(transport, open);
            Gauge.builder("sandpiper.sockets.connections", open, AtomicInteger::get)
                    .description("Open connections")
                    .tag("transport", transport.label())
                    .register(registry);
            Gauge.builder("sandpiper.sockets.pending.bytes", () -> pending(transport))
                    .description("Bytes that wait for clients to read them; looked at once a second")
                    .tag("transport", transport.label())
                    .register(registry);
            deliveries.put(
                    transport, counter("deliveries", "Events given to a connection, old and new ones", transport));
            bytes.put(transport, counter("sent.bytes", "Bytes of those events, with their frames", transport));
            flushes.put(
                    transport,
                    counter(
                            "flushes",
                            "Writes to a connection: deliveries for each say how well they are batched",
                            transport));
            slow.put(
                    transport,
                    counter("slow.closes", "Connections closed because their client did not read", transport));
        }
        Gauge.builder("sandpiper.sockets.subscriptions", subscriptions, AtomicInteger::get)
                .description("Subscriptions of all connections; a stream or poll over several topics counts once")
                .register(registry);
        this.leftOut = Counter.builder("sandpiper.sockets.conflated")
                .description("Events that were left out because newer ones came, as clients had asked for by max_rate")
                .register(registry);
        this.positionsWritten = Counter.builder("sandpiper.sockets.positions.written")
                .description("Positions written because subscribers acknowledged, or to keep them from expiring")
                .register(registry);
        this.waits = Counter.builder("sandpiper.sockets.ack.waits")
                .description("How often a subscription stopped sending because too many events were not acknowledged")
                .register(registry);
    }

    /** @param positions that subscriptions of this node move */
    void held(Map<?, ?> positions) {
        Gauge.builder("sandpiper.sockets.positions", positions, Map::size)
                .description("Positions of named subscribers whose subscriptions are open on this node")
                .register(registry);
    }

    void positionsWritten(int count) {
        positionsWritten.increment(count);
    }

    void waitsForAcks() {
        waits.increment();
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

    /** How often events were encoded, to compare with how often they were delivered. */
    void encoded(EventEncoders encoders) {
        // A chunk is made of the event that stands in it.
        for (WireFormat format : List.of(WireFormat.JSON, WireFormat.WEBSOCKET, WireFormat.SSE)) {
            FunctionCounter.builder("sandpiper.sockets.encoded", encoders, all -> (double) all.made(format))
                    .description("Events encoded for clients: deliveries for each say how often the bytes are reused")
                    .tag("format", format.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    void pendingBytes(SocketLoop loop) {
        loops.add(loop);
    }

    private long pending(Transport transport) {
        return loops.stream().mapToLong(loop -> loop.pendingBytes(transport)).sum();
    }

    void leftOut(long events) {
        leftOut.increment((double) events);
    }

    void delivered(Transport transport, long events, long sentBytes, long flushed) {
        of(flushes, transport).increment((double) flushed);
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
                                .description("Frames from WebSocket clients, by type")
                                .tag("type", t)
                                .register(registry))
                .increment();
    }

    void error(PlatformError error) {
        errors.computeIfAbsent(
                        error.code(),
                        code -> Counter.builder("sandpiper.sockets.errors")
                                .description("Errors told to clients of sockets, streams and polls, by code")
                                .tag("code", code)
                                .register(registry))
                .increment();
    }

    private Counter counter(String name, String description, Transport transport) {
        return Counter.builder("sandpiper.sockets." + name)
                .description(description)
                .tag("transport", transport.label())
                .register(registry);
    }

    private static <T> T of(Map<Transport, T> all, Transport transport) {
        T one = all.get(transport);
        if (one == null) {
            throw new IllegalStateException(transport.label());
        }
        return one;
    }
}
