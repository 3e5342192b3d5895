package dev.sandpiper.embed;

import dev.sandpiper.cells.Cell;
import dev.sandpiper.cells.CellAdmin;
import dev.sandpiper.cells.CellFeed;
import dev.sandpiper.cells.CellPublisher;
import dev.sandpiper.cells.CellRoutes;
import dev.sandpiper.cells.Cells;
import dev.sandpiper.cells.Mover;
import dev.sandpiper.cells.StreamRow;
import dev.sandpiper.cells.postgres.PostgresCells;
import dev.sandpiper.cells.postgres.PostgresMoves;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.feed.FeedService;
import dev.sandpiper.killswitch.KillSwitch;
import dev.sandpiper.publisher.BusPublisher;
import dev.sandpiper.publisher.JetStreamPublisher;
import dev.sandpiper.publisher.PublisherVerticle;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.management.HealthCheck;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.runtime.nats.StreamSpec;
import dev.sandpiper.topics.TopicService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this node writes and reads events.
 *
 * @param stores null on a node that neither writes nor reads events itself
 * @param transactions null likewise
 * @param feed null without the role
 * @param routes what operators decide about streams; none likewise
 * @param drain stops taking publishes of other nodes, and waits for those in flight
 */
record EventParts(
        @Nullable EventStores stores,
        Publisher publisher,
        @Nullable Transactions transactions,
        @Nullable Feed feed,
        List<Routes> routes,
        Drain drain) {
    private static final Duration DRAIN = Duration.ofSeconds(5);

    /** What is to be done when nothing new comes in any more. */
    interface Drain {
        Future<Void> run();
    }

    /**
     * @param topics whose rules every event must keep that this node stores
     * @param migrated when the schema is there
     */
    static Future<EventParts> start(Start start, TopicService topics, Future<Void> migrated, AuditTrail audit) {
        if (!start.has(Role.PUBLISHER) && !start.has(Role.FEED)) {
            return Future.succeededFuture(
                    new EventParts(null, overBus(start), null, null, List.of(), Future::succeededFuture));
        }
        return openFirst(start)
                .compose(first -> migrated.compose(done -> {
                    var moves = new PostgresMoves(start.database(), audit);
                    var cells = new Cells(
                            start.vertx(),
                            start.general().nodeId(),
                            new PostgresCells(start.database()),
                            moves,
                            stream -> open(start, spec(start, stream)),
                            first,
                            start.config().cells(),
                            start.registry());
                    start.shutdown().add(ShutdownStage.DISCONNECT, "cells", cells::close);
                    var mover = new Mover(moves, cells, start.config().cells(), start.registry());
                    start.shutdown().add(ShutdownStage.NOTIFY, "mover", mover::close);
                    mover.start();
                    List<Routes> routes = List.of(new CellRoutes(new CellAdmin(start.vertx(), cells, moves)));
                    return cells.start().compose(known -> parts(start, topics, cells, routes));
                }));
    }

    /** The same, but nothing is published for tenants that are not served. */
    EventParts guardedBy(KillSwitch killSwitch, Routes further) {
        List<Routes> all = new ArrayList<>(routes);
        all.add(further);
        return new EventParts(
                stores,
                killSwitch.guard(publisher),
                transactions == null ? null : killSwitch.guardTogether(transactions),
                feed,
                all,
                drain);
    }

    /** Whether this node is ready depends on the first stream alone: what is wrong with another concerns its tenants. */
    private static Future<Cell> openFirst(Start start) {
        return open(start, StreamSpec.of(start.config().nats(), 0));
    }

    private static StreamSpec spec(Start start, StreamRow stream) {
        NatsConfig settings = start.config().nats();
        StreamSpec usual = StreamSpec.of(settings, stream.cell());
        Duration maxAge = stream.maxAge();
        return new StreamSpec(
                stream.cell(),
                stream.memory(),
                stream.replicas() == 0 ? usual.replicas() : stream.replicas(),
                stream.maxBytes() == 0 ? usual.maxBytes() : stream.maxBytes(),
                maxAge == null ? usual.maxAge() : maxAge);
    }

    private static Future<Cell> open(Start start, StreamSpec spec) {
        String suffix = spec.cell() == 0 ? "" : " " + spec.cell();
        return EventStore.open(start.vertx(), start.config().nats(), spec, start.registry())
                .compose(store -> {
                    start.shutdown().add(ShutdownStage.CLOSE, "event store" + suffix, store::close);
                    if (spec.cell() == 0) {
                        start.health().add(HealthCheck.of("event-store", store::health));
                    }
                    Future<@Nullable FeedService> feed = feed(start, store, suffix);
                    Future<JetStreamPublisher> publisher = publisher(start, store, suffix);
                    return Future.join(feed, publisher)
                            .map(opened -> new Cell(
                                    store,
                                    publisher.result(),
                                    publisher.result().transactions(),
                                    feed.result(),
                                    () -> publisher.result().drain(DRAIN),
                                    tenant -> end(feed.result(), tenant)))
                            .recover(e -> store.close().transform(closed -> Future.failedFuture(e)));
                });
    }

    private static void end(@Nullable FeedService feed, TenantId tenant) {
        if (feed != null) {
            feed.end(tenant);
        }
    }

    private static Future<@Nullable FeedService> feed(Start start, EventStore store, String suffix) {
        if (!start.has(Role.FEED)) {
            return Future.succeededFuture(null);
        }
        return FeedService.start(start.vertx(), store, start.config().feed(), start.registry(), start.fence())
                .map(feed -> {
                    start.shutdown().add(ShutdownStage.DISCONNECT, "feed" + suffix, feed::close);
                    if (suffix.isEmpty()) {
                        start.health().add(HealthCheck.of("feed", feed::caughtUp));
                    }
                    return feed;
                });
    }

    private static Future<JetStreamPublisher> publisher(Start start, EventStore store, String suffix) {
        return JetStreamPublisher.open(start.vertx(), store, start.config().publisher(), start.registry())
                .onSuccess(publisher ->
                        start.shutdown().add(ShutdownStage.DISCONNECT, "publisher" + suffix, publisher::close));
    }

    private static Future<EventParts> parts(Start start, TopicService topics, Cells cells, List<Routes> routes) {
        var publisher = new CellPublisher(cells);
        Transactions transactions = topics.enforceTogether(publisher.transactions());
        Feed feed = start.has(Role.FEED) ? new CellFeed(start.vertx(), cells) : null;
        if (!start.has(Role.PUBLISHER)) {
            // Its transactions alone: they do not travel over the bus.
            return Future.succeededFuture(
                    new EventParts(cells, overBus(start), transactions, feed, routes, cells::drain));
        }
        Publisher ruled = topics.enforce(publisher);
        return start.deployOnEveryLoop(() -> new PublisherVerticle(ruled))
                .map(id -> new EventParts(
                        cells,
                        ruled,
                        transactions,
                        feed,
                        routes,
                        () -> start.vertx().undeploy(id).eventually(cells::drain)));
    }

    private static Publisher overBus(Start start) {
        return new BusPublisher(start.vertx(), start.config().publisher());
    }
}
