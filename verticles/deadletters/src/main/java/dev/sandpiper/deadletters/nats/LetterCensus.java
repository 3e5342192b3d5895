package dev.sandpiper.deadletters.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sandpiper.deadletters.DeadLettersConfig;
import dev.sandpiper.deadletters.LetterMetrics;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts letters, for metrics and for the bound on their number. Every node counts and removes what is too much: to keep the newest
 * n of a project is the same however often it is done, and touches nobody else's.
 */
public final class LetterCensus {
    private static final Logger log = LoggerFactory.getLogger(LetterCensus.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final JetStreamApi api;
    private final LetterStreams streams;
    private final DeadLettersConfig config;
    private final LetterMetrics metrics;
    private long timer;
    private boolean counting;

    public LetterCensus(
            Vertx vertx, EventStore store, LetterStreams streams, DeadLettersConfig config, LetterMetrics metrics) {
        this.vertx = vertx;
        this.api = store.api();
        this.streams = streams;
        this.config = config;
        this.metrics = metrics;
    }

    /** Counts at once and then again and again, on the caller's context. */
    public void start() {
        take();
        timer = vertx.setPeriodic(config.checkInterval().toMillis(), id -> take());
    }

    public void close() {
        vertx.cancelTimer(timer);
    }

    /** What the stream says, put together from as many answers as it takes. */
    private static final class Count {
        private final Map<LetterSubjects.Owner, Long> byOwner = new HashMap<>();
        private @Nullable Instant oldest;
        private int subjects;
    }

    private void take() {
        if (counting) {
            return;
        }
        counting = true;
        count(new Count())
                .compose(count -> waiting().map(advisories -> {
                    publish(count, advisories);
                    return count;
                }))
                .compose(this::trim)
                .onComplete(v -> counting = false, failure -> {
                    counting = false;
                    log.atDebug().setCause(failure).log("Dead letters cannot be counted now");
                });
    }

    private Future<Count> count(Count count) {
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("subjects_filter", streams.subjects().pattern())
                .put("offset", count.subjects)
                .toString();
        return api.call("$JS.API.STREAM.INFO." + streams.letters(), question, TIMEOUT)
                .compose(info -> {
                    JsonNode state = info.path("state");
                    if (state.path("messages").asLong() > 0) {
                        count.oldest = Instant.parse(state.path("first_ts").asText());
                    }
                    int before = count.subjects;
                    state.path("subjects").properties().forEach(subject -> {
                        count.subjects++;
                        count.byOwner.merge(
                                streams.subjects().owner(subject.getKey()),
                                subject.getValue().asLong(),
                                Long::sum);
                    });
                    boolean more = count.subjects > before
                            && count.subjects < info.path("total").asInt();
                    return more ? count(count) : Future.succeededFuture(count);
                });
    }

    private Future<Long> waiting() {
        return api.call("$JS.API.CONSUMER.INFO." + streams.advisories() + "." + streams.consumer(), "", TIMEOUT)
                .map(info -> info.path("num_pending").asLong()
                        + info.path("num_ack_pending").asLong());
    }

    private void publish(Count count, long advisories) {
        Map<TenantId, Long> byTenant = new HashMap<>();
        count.byOwner.forEach((owner, letters) -> byTenant.merge(owner.tenant(), letters, Long::sum));
        metrics.kept(byTenant, count.oldest, advisories);
    }

    /** One project after the other. */
    private Future<Void> trim(Count count) {
        Future<Void> trimmed = Future.succeededFuture();
        for (Map.Entry<LetterSubjects.Owner, Long> project : count.byOwner.entrySet()) {
            if (project.getValue() > config.maxCount()) {
                trimmed = trimmed.compose(v -> trim(project.getKey()));
            }
        }
        return trimmed;
    }

    private Future<Void> trim(LetterSubjects.Owner owner) {
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("filter", streams.subjects().ofProject(owner))
                .put("keep", config.maxCount())
                .toString();
        return api.call("$JS.API.STREAM.PURGE." + streams.letters(), question, TIMEOUT)
                .map(answer -> {
                    long purged = answer.path("purged").asLong();
                    metrics.overflowed(purged);
                    log.atWarn()
                            .addKeyValue("tenant", owner.tenant())
                            .addKeyValue("project", owner.project())
                            .addKeyValue("removed", purged)
                            .log("A project has more dead letters than it may; the oldest went");
                    return null;
                });
    }
}
