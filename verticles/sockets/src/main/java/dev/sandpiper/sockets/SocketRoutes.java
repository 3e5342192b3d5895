package dev.sandpiper.sockets;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.Router;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The routes on which clients stay connected: {@code /ws} and {@code /realtime} (WebSocket), {@code /sse} and {@code
 * /poll}. One instance per node; each transport is a file of its own.
 */
public final class SocketRoutes implements Routes, AutoCloseable {
    private final SocketServices services;
    private final Runnable revocations;
    private final ConcurrentMap<RouteContext, SocketLoop> loops = new ConcurrentHashMap<>();

    public SocketRoutes(
            Feed feed,
            EventFilters filters,
            Publisher publisher,
            CursorCodec cursors,
            Authenticator authenticator,
            SocketsConfig config,
            MeterRegistry registry) {
        var metrics = new SocketMetrics(registry);
        var connections = new Connections(config, metrics);
        var encoders = new EventEncoders(cursors);
        metrics.encoded(encoders);
        this.services = new SocketServices(
                feed, filters, publisher, cursors, encoders, authenticator, config, metrics, connections);
        this.revocations = authenticator.onRevoked(connections::closeByKey);
    }

    public Connections connections() {
        return services.connections();
    }

    @Override
    public void mount(Router router, RouteContext context) {
        // Mounted more than once per loop: under /v1 and at the root.
        SocketLoop loop = loops.computeIfAbsent(context, c -> new SocketLoop(services, c));
        var webSocket = new WebSocketTransport(loop);
        router.get("/ws").handler(webSocket);
        router.get("/realtime").handler(webSocket);
        router.get("/sse").handler(new SseTransport(loop));
        router.get("/poll").handler(new PollTransport(loop));
    }

    /** Stops listening for revocations. Connections are ended by {@link Connections#drain}. */
    @Override
    public void close() {
        revocations.run();
    }
}
