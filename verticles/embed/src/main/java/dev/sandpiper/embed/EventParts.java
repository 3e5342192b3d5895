package dev.sandpiper.embed;

import dev.sandpiper.feed.FeedService;
import dev.sandpiper.publisher.BusPublisher;
import dev.sandpiper.publisher.JetStreamPublisher;
import dev.sandpiper.publisher.PublisherVerticle;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.management.HealthCheck;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.topics.TopicService;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How this node writes and reads events.
 *
 * @param store null on a node that neither writes nor reads events itself
 * @param transactions null likewise
 * @param feed null without the role
 * @param drain stops taking publishes of other nodes, and waits for those in flight
 */
record EventParts(
        @Nullable EventStore store,
        Publisher publisher,
        @Nullable Transactions transactions,
        @Nullable Feed feed,
        Drain drain) {
    private static final Duration DRAIN = Duration.ofSeconds(5);

    /** What is to be done when nothing new comes in any more. */
    interface Drain {
        Future<Void> run();
    }

    /** @param topics whose rules every event must keep that this node stores */
    static Future<EventParts> start(Start start, TopicService topics) {
        if (!start.has(Role.PUBLISHER) && !start.has(Role.FEED)) {
            return Future.succeededFuture(new EventParts(null, overBus(start), null, null, Future::succeededFuture));
        }
        return EventStore.open(start.vertx(), start.config().nats(), start.registry())
                .compose(store -> {
                    start.shutdown().add(ShutdownStage.CLOSE, "event store", store::close);
                    start.health().add(HealthCheck.of("event-store", store::health));
                    Future<@Nullable FeedService> feed = feed(start, store);
                    Future<EventParts> writing = publisher(start, store, topics);
                    return Future.join(feed, writing)
                            .map(started -> new EventParts(
                                    store,
                                    writing.result().publisher(),
                                    writing.result().transactions(),
                                    feed.result(),
                                    writing.result().drain()));
                });
    }

    private static Future<@Nullable FeedService> feed(Start start, EventStore store) {
        if (!start.has(Role.FEED)) {
            return Future.succeededFuture(null);
        }
        return FeedService.start(start.vertx(), store, start.config().feed(), start.registry())
                .map(feed -> {
                    start.shutdown().add(ShutdownStage.DISCONNECT, "feed", feed::close);
                    start.health().add(HealthCheck.of("feed", feed::caughtUp));
                    return feed;
                });
    }

    private static Future<EventParts> publisher(Start start, EventStore store, TopicService topics) {
        return JetStreamPublisher.open(start.vertx(), store, start.config().publisher(), start.registry())
                .compose(publisher -> {
                    start.shutdown().add(ShutdownStage.DISCONNECT, "publisher", publisher::close);
                    Transactions transactions = topics.enforceTogether(publisher.transactions());
                    if (!start.has(Role.PUBLISHER)) {
                        // Its transactions alone: they do not travel over the bus.
                        return Future.succeededFuture(new EventParts(
                                store, overBus(start), transactions, null, () -> publisher.drain(DRAIN)));
                    }
                    Publisher ruled = topics.enforce(publisher);
                    return start.deployOnEveryLoop(() -> new PublisherVerticle(ruled))
                            .map(id -> new EventParts(
                                    store,
                                    ruled,
                                    transactions,
                                    null,
                                    () -> start.vertx().undeploy(id).eventually(() -> publisher.drain(DRAIN))));
                });
    }

    private static Publisher overBus(Start start) {
        return new BusPublisher(start.vertx(), start.config().publisher());
    }
}
