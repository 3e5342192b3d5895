package dev.sandpiper.embed;

import dev.sandpiper.deadletters.DeadLettersConfig;
import dev.sandpiper.deadletters.LetterMetrics;
import dev.sandpiper.deadletters.LetterRoutes;
import dev.sandpiper.deadletters.Letters;
import dev.sandpiper.deadletters.nats.AdvisoryCollector;
import dev.sandpiper.deadletters.nats.JetStreamLetters;
import dev.sandpiper.deadletters.nats.JetStreamRedrive;
import dev.sandpiper.deadletters.nats.LetterCensus;
import dev.sandpiper.deadletters.nats.LetterStreams;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.runtime.audit.AuditJournal;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.nats.EventStores;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where failed events go. Every node that is connected to the event store captures them.
 *
 * @param letters what features report to that cannot process an event; null on a node that is not
 */
record DeadLetterParts(@Nullable Letters letters) {
    private static final Logger log = LoggerFactory.getLogger(DeadLetterParts.class);
    private static final long RETRY_MILLIS = 250;

    static Future<DeadLetterParts> start(Start start, EventParts events) {
        EventStores stores = events.stores();
        if (stores == null) {
            return Future.succeededFuture(new DeadLetterParts(null));
        }
        DeadLettersConfig config = start.config().deadLetters();
        Clock clock = Clock.systemUTC();
        var metrics = new LetterMetrics(start.registry(), config.tenantSeries(), clock);
        var streams = new LetterStreams(stores, config, start.config().nats().replicas());
        var kept = new JetStreamLetters(stores.first(), streams);
        var letters = new Letters(kept, new JetStreamRedrive(stores, config), events.publisher(), metrics, clock);
        long deadline =
                System.nanoTime() + start.config().nats().startupTimeout().toNanos();
        return ensure(start, streams, deadline).map(made -> {
            var collector = new AdvisoryCollector(start.vertx(), stores, streams, kept, metrics);
            var census = new LetterCensus(start.vertx(), stores.first(), streams, config, metrics);
            // What consumers of a new stream fail on is captured as soon as there can be any.
            stores.onOpened(() -> streams.ensure()
                    .onFailure(e -> log.atWarn().setCause(e).log("Failures in a new stream are not captured yet")));
            collector.start();
            census.start();
            start.shutdown().add(ShutdownStage.DISCONNECT, "dead letters", () -> {
                collector.close();
                census.close();
                return Future.succeededFuture();
            });
            return new DeadLetterParts(letters);
        });
    }

    /** The servers may be electing a leader still. */
    private static Future<Void> ensure(Start start, LetterStreams streams, long deadline) {
        return streams.ensure()
                .recover(failure -> System.nanoTime() - deadline > 0
                        ? Future.failedFuture(failure)
                        : start.vertx()
                                .timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                                .compose(v -> ensure(start, streams, deadline)));
    }

    List<Routes> routes(CursorCodec cursors, AuditJournal audit) {
        return letters == null ? List.of() : List.of(new LetterRoutes(letters, cursors, audit));
    }
}
