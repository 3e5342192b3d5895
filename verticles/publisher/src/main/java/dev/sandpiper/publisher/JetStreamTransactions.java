package dev.sandpiper.publisher;

import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.nats.EventStore;
import io.nats.client.NUID;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Appends transactions to JetStream, each as one batch with the record of its key. */
final class JetStreamTransactions implements Transactions {
    /** Of a transaction without a key: long enough for our own attempts. */
    private static final Duration OWN_ATTEMPTS = Duration.ofMinutes(2);

    private final VertxInternal vertx;
    private final EventStore store;
    private final PublisherConfig config;
    private final AtomicPublisher atomic;
    private final PublisherMetrics metrics;

    JetStreamTransactions(
            Vertx vertx, EventStore store, PublisherConfig config, AtomicPublisher atomic, PublisherMetrics metrics) {
        this.vertx = (VertxInternal) vertx;
        this.store = store;
        this.config = config;
        this.atomic = atomic;
        this.metrics = metrics;
    }

    @Override
    public Future<List<PublishReceipt>> publish(PublishTransaction transaction) {
        Promise<List<PublishReceipt>> promise = vertx.getOrCreateContext().promise();
        var ids = new EventIds(ThreadLocalRandom.current());
        long now = System.currentTimeMillis();
        List<EventId> named = new ArrayList<>();
        for (PublishCommand event : transaction.events()) {
            metrics.asked(event.tenant());
            named.add(ids.next(now));
        }
        String key = transaction.key();
        atomic.publish(new AtomicJob(
                        store,
                        config,
                        transaction.project(),
                        // Neither can be a client's key for an event: those have no control characters.
                        key == null ? "\0" + NUID.nextGlobal() : "\1" + key,
                        key == null ? OWN_ATTEMPTS : window(transaction),
                        transaction.events(),
                        named))
                .onComplete(promise);
        return promise.future();
    }

    /** As long as the most that one of the events asks for. */
    private Duration window(PublishTransaction transaction) {
        Duration longest = config.transactionWindow();
        for (PublishCommand event : transaction.events()) {
            PublishOptions options = event.options();
            Duration asked = options == null ? null : options.remember();
            longest = asked != null && asked.compareTo(longest) > 0 ? asked : longest;
        }
        return longest;
    }
}
