package dev.sandpiper.consumers;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every node does every second: carries out decisions whose maker did not get so far, deletes JetStream consumers that are
 * not wanted any more, and forgets what is old. Nodes that do the same at the same time do no harm.
 */
final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int FORGET_EVERY = 10;
    private static final int BATCH = 100;

    private final Vertx vertx;
    private final ConsumerRegistry registry;
    private final ConsumerStream stream;
    private final DeliveryLedger ledger;
    private final Completion completion;
    private final ConsumersConfig config;
    private final ConsumerMetrics metrics;

    private long timer;
    private long rounds;
    private Future<Void> round = Future.succeededFuture();

    Housekeeping(
            Vertx vertx,
            ConsumerRegistry registry,
            ConsumerStream stream,
            DeliveryLedger ledger,
            Completion completion,
            ConsumersConfig config,
            ConsumerMetrics metrics) {
        this.vertx = vertx;
        this.registry = registry;
        this.stream = stream;
        this.ledger = ledger;
        this.completion = completion;
        this.config = config;
        this.metrics = metrics;
    }

    void start() {
        timer = vertx.setPeriodic(INTERVAL.toMillis(), id -> {
            if (round.isComplete()) {
                round = tidy(ConsumerService.UNTOUCHED)
                        .onFailure(failure ->
                                log.atDebug().setCause(failure).log("Consumers are tidied up in the next round"));
            }
        });
    }

    /** Succeeds when nothing is under way any more. */
    Future<Void> stop() {
        vertx.cancelTimer(timer);
        return round.otherwiseEmpty();
    }

    Future<Void> tidy(Duration untouched) {
        Future<Void> forgotten =
                rounds++ % FORGET_EVERY == 0 ? ledger.forget(config.history()) : Future.succeededFuture();
        return Future.join(finish(untouched), remove(), forgotten).mapEmpty();
    }

    private Future<Void> finish(Duration untouched) {
        return ledger.unfinished(untouched, BATCH)
                .compose(found -> Future.join(found.stream()
                        .map(decided -> completion.finish(decided).onSuccess(done -> metrics.recovered.increment()))
                        .toList()))
                .mapEmpty();
    }

    private Future<Void> remove() {
        return registry.removals().compose(this::removeAll);
    }

    private Future<Void> removeAll(List<String> durables) {
        return Future.join(durables.stream()
                        .map(durable -> stream.remove(durable).compose(gone -> registry.removed(durable)))
                        .toList())
                .mapEmpty();
    }
}
