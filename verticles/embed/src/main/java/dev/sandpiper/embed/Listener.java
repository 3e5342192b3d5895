package dev.sandpiper.embed;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.http.EventRoutes;
import dev.sandpiper.http.HttpConfig;
import dev.sandpiper.http.HttpGate;
import dev.sandpiper.http.HttpVerticle;
import dev.sandpiper.http.admin.KeyRoutes;
import dev.sandpiper.http.admin.ProjectRoutes;
import dev.sandpiper.http.admin.TenantRoutes;
import dev.sandpiper.runtime.events.Consumers;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.schedules.ScheduleRoutes;
import dev.sandpiper.sockets.SocketRoutes;
import dev.sandpiper.sockets.postgres.PostgresPositions;
import dev.sandpiper.topics.TopicService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What clients connect to. */
final class Listener {
    /** Clients whose connection is ended come back at once, and are to find a refusal rather than a port that closes. */
    private static final long REFUSAL_MILLIS = 250;

    private static final Duration SOCKET_DRAIN = Duration.ofSeconds(8);

    private Listener() {}

    /**
     * Fails when the port is taken.
     *
     * @param features what features add to it
     */
    static Future<HttpGate> start(
            Start start,
            EventParts events,
            TopicService topics,
            ScheduleParts schedules,
            CredentialParts credentials,
            CursorCodec cursors,
            List<Routes> features,
            EventFilters filters,
            AuditParts audit) {
        var gate = new HttpGate();
        Feed feed = events.feed();
        EventStores stores = events.stores();
        Transactions transactions = events.transactions();
        if (!start.has(Role.HTTP) || feed == null || stores == null || transactions == null) {
            start.shutdown()
                    .add(ShutdownStage.DRAIN, "publishes", () -> events.drain().run());
            return Future.succeededFuture(gate);
        }
        AuditParts.Listening audited = audit.listen(stores);
        List<Routes> routes = new ArrayList<>();
        routes.add(new EventRoutes(
                events.publisher(),
                transactions,
                topics.enforceLater(schedules.service()),
                feed,
                filters,
                cursors,
                credentials.authenticator(),
                Version.current()));
        routes.add(new ScheduleRoutes(schedules.service()));
        routes.add(new KeyRoutes(credentials.keys()));
        routes.add(new TenantRoutes(credentials.tenants()));
        routes.add(new ProjectRoutes(credentials.projects()));
        routes.add(credentials.issuers());
        routes.addAll(events.routes());
        routes.addAll(RetentionParts.routes(start, start.database(), audit));
        routes.add(topics.routes(TopicParts.recent(feed, stores), cursors));
        routes.addAll(features);
        routes.addAll(audited.routes());
        ConsumerParts consumers = ConsumerParts.start(start, stores, events, topics, cursors, filters, audit.trail());
        routes.add(consumers.routes());
        if (start.has(Role.SOCKETS)) {
            routes.add(sockets(start, events, feed, filters, consumers.streams(), credentials, cursors));
        }
        start.shutdown().add(ShutdownStage.REFUSE, "listener", () -> {
            gate.stopAccepting();
            return start.vertx().timer(REFUSAL_MILLIS, TimeUnit.MILLISECONDS);
        });
        HttpConfig config = start.config().http();
        return start.deployOnEveryLoop(() -> new HttpVerticle(
                        config, gate, routes, credentials.authenticator(), audited.refusals(), start.registry()))
                .recover(failure -> Future.failedFuture(new IllegalStateException(
                        "Cannot listen on " + config.host() + ":" + config.port() + " (SANDPIPER_HTTP_HOST, _PORT): "
                                + failure.getMessage(),
                        failure)))
                .map(id -> {
                    // Requests that are being answered may still publish: the publisher goes second.
                    start.shutdown()
                            .add(
                                    ShutdownStage.DRAIN,
                                    "requests and publishes",
                                    () -> start.vertx()
                                            .undeploy(id)
                                            .eventually(() -> events.drain().run()));
                    return gate;
                });
    }

    private static SocketRoutes sockets(
            Start start,
            EventParts events,
            Feed feed,
            EventFilters filters,
            Consumers consumers,
            CredentialParts credentials,
            CursorCodec cursors) {
        var sockets = new SocketRoutes(
                start.vertx(),
                feed,
                filters,
                events.publisher(),
                consumers,
                cursors,
                credentials.authenticator(),
                new PostgresPositions(start.database()),
                start.config().sockets(),
                start.registry());
        start.shutdown()
                .add(
                        ShutdownStage.NOTIFY,
                        "sockets",
                        () -> sockets.connections().drain(SOCKET_DRAIN));
        start.shutdown().add(ShutdownStage.DISCONNECT, "sockets", sockets::close);
        return sockets;
    }
}
