package dev.sandpiper.sockets;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.events.Consumers;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The routes on which clients stay connected: {@code /ws} and {@code /realtime} (WebSocket), {@code /sse}, {@code
 * /poll}, and {@code /consumers/{name}/stream} for workers; and what is known of subscribers under {@code /subscribers}. One
 * instance per node; each transport is a file of its own.
 */
public final class SocketRoutes implements Routes {
    private final SocketServices services;
    private final SubscriberPositions positions;
    private final Runnable revocations;
    private final ConcurrentMap<RouteContext, SocketLoop> loops = new ConcurrentHashMap<>();

    public SocketRoutes(
            Vertx vertx,
            Feed feed,
            EventFilters filters,
            Publisher publisher,
            Consumers consumers,
            CursorCodec cursors,
            Authenticator authenticator,
            SubscriberPositions positions,
            SocketsConfig config,
            MeterRegistry registry) {
        var metrics = new SocketMetrics(registry);
        var connections = new Connections(config, metrics);
        var encoders = new EventEncoders(cursors);
        metrics.encoded(encoders);
        this.positions = positions;
        this.services = new SocketServices(
                feed,
                filters,
                publisher,
                consumers,
                cursors,
                encoders,
                authenticator,
                config,
                metrics,
                connections,
                new PositionKeeper(vertx, positions, config.acks(), metrics));
        Runnable keys = authenticator.onRevoked(connections::closeByKey);
        Runnable tokens = authenticator.onTokensRevoked(connections::checkTokens);
        Runnable tenants = authenticator.onSuspended(connections::closeByTenant);
        this.revocations = () -> {
            keys.run();
            tenants.run();
            tokens.run();
        };
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
        router.get("/consumers/:name/stream").handler(new WorkerTransport(loop));
        new SubscriberHandlers(positions, services.cursors(), context).mount(router);
    }

    /**
     * Stops listening for revocations, and writes what was acknowledged. Connections are ended by {@link Connections#drain}, before.
     */
    public Future<Void> close() {
        revocations.run();
        return services.positions().close();
    }
}
