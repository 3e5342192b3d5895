package dev.sandpiper.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamState;
import io.nats.client.Message;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What only the stream's leader can answer for certain: a topic's newest event, and how far the stream reaches. Few questions
 * at a time, asked again until there is an answer. Confined to the hub's strand.
 */
final class LeaderQuestions {
    private static final int MAX_UNDER_WAY = 64;
    private static final long RETRY_MILLIS = 50;
    private static final long RECHECK_MILLIS = 100;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int NO_MESSAGE_FOUND = 10_037;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FeedHub hub;
    private final EventStore store;
    private final ArrayDeque<HubTopic> waiting = new ArrayDeque<>();
    private List<Consumer<@Nullable StreamState>> nextRound = new ArrayList<>();
    private int underWay;
    private boolean refreshing;

    LeaderQuestions(FeedHub hub, EventStore store) {
        this.hub = hub;
        this.store = store;
    }

    /** Asks for a topic's newest event; the answer goes to {@link TopicState#last}. */
    void ask(HubTopic topic) {
        if (!topic.asking) {
            topic.asking = true;
            waiting.add(topic);
            pump();
        }
    }

    private void pump() {
        while (underWay < MAX_UNDER_WAY) {
            HubTopic topic = waiting.poll();
            if (topic == null) {
                return;
            }
            if (!topic.dropped) {
                underWay++;
                send(topic);
            }
        }
    }

    private void send(HubTopic topic) {
        long known = Math.max(hub.heard(), topic.verifyThrough);
        if (topic.state.isOpening()) {
            known = Math.max(known, knownToStore());
        }
        long asked = known;
        long era = hub.verification().era();
        store.readLast(topic.storedSubject)
                .onComplete(result -> hub.execute(() -> {
                    underWay--;
                    if (result.failed()) {
                        hub.later(RETRY_MILLIS, () -> again(topic));
                    } else {
                        answered(topic, result.result(), asked, era);
                    }
                    pump();
                }));
    }

    /** What the store knew of another incarnation of the stream means nothing. */
    private long knownToStore() {
        StreamState state = store.state();
        return state.epoch() == hub.epoch() ? state.lastSequence() : 0;
    }

    private void again(HubTopic topic) {
        waiting.add(topic);
        pump();
    }

    private void answered(HubTopic topic, @Nullable StoredEvent newest, long known, long era) {
        if (topic.dropped) {
            return;
        }
        long last = newest == null ? 0 : newest.sequence();
        if (store.epoch() != hub.epoch()) {
            fresh(state -> {});
            hub.later(RETRY_MILLIS, () -> again(topic));
            return;
        }
        if (topic.state.isOpening() && newest == null && !topic.foundEmpty) {
            // It may have had events, removed before anybody listened here: only where the stream ends now is safely
            // behind them.
            askWhereItEnds(topic);
            return;
        }
        boolean routine = !topic.state.isOpening() && !topic.state.isHolding();
        if (routine && last > topic.state.position() && !topic.rechecked) {
            // Most likely it is just being announced; if not, it will still be missing in a moment.
            topic.rechecked = true;
            hub.later(RECHECK_MILLIS, () -> again(topic));
            return;
        }
        topic.rechecked = false;
        topic.asking = false;
        hub.verification().vouched(topic, era);
        topic.state.last(last, known);
    }

    private void askWhereItEnds(HubTopic topic) {
        fresh(state -> {
            if (state == null) {
                hub.later(RETRY_MILLIS, () -> again(topic));
            } else {
                topic.foundEmpty = true;
                again(topic);
            }
        });
    }

    /**
     * Tells how far the stream reaches, as of some moment after this call, in the strand; null when the leader does not answer.
     * Many callers at the same time cost one question.
     */
    void fresh(Consumer<@Nullable StreamState> then) {
        nextRound.add(then);
        if (!refreshing) {
            refresh();
        }
    }

    private void refresh() {
        refreshing = true;
        List<Consumer<@Nullable StreamState>> round = nextRound;
        nextRound = new ArrayList<>();
        long heardBefore = hub.heard();
        store.refresh()
                .onComplete(result -> hub.execute(() -> {
                    refreshing = false;
                    StreamState state = result.succeeded() ? result.result() : null;
                    if (state != null) {
                        hub.observe(state, heardBefore);
                    }
                    round.forEach(then -> then.accept(state));
                    if (!refreshing && !nextRound.isEmpty()) {
                        refresh();
                    }
                }));
    }

    /** The sequence of a topic's first event at or after a time, 0 when there is none. */
    static Future<Long> firstFrom(EventStore store, String subject, Instant time) {
        String question = "{\"start_time\":\"" + time + "\",\"next_by_subj\":\"" + PageRead.escape(subject) + "\"}";
        return store.request(
                        "$JS.API.STREAM.MSG.GET." + store.subjects().stream(),
                        question.getBytes(StandardCharsets.UTF_8),
                        TIMEOUT)
                .compose(LeaderQuestions::sequence);
    }

    private static Future<Long> sequence(Message answer) {
        try {
            JsonNode json = JSON.readTree(answer.getData());
            JsonNode error = json.path("error");
            if (error.path("err_code").asInt() == NO_MESSAGE_FOUND) {
                return Future.succeededFuture(0L);
            }
            long sequence = json.path("message").path("seq").asLong();
            return sequence > 0 ? Future.succeededFuture(sequence) : Future.failedFuture(StoreReader.unavailable(null));
        } catch (IOException e) {
            return Future.failedFuture(StoreReader.unavailable(e));
        }
    }
}
