package dev.sandpiper.deadletters.nats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.LetterFilter;
import dev.sandpiper.deadletters.LetterStore;
import dev.sandpiper.deadletters.Missing;
import dev.sandpiper.deadletters.StoredLetter;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamApi;
import dev.sandpiper.runtime.nats.JetStreamFault;
import dev.sandpiper.runtime.nats.StreamMessage;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Letters in a stream of their own. Reads go to the leader, so that nobody is shown what was removed just before. */
public final class JetStreamLetters implements LetterStore {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String PENDING = "Nats-Num-Pending";

    private final EventStore store;
    private final JetStreamApi api;
    private final LetterStreams streams;
    private final LetterSubjects subjects;
    private final LetterCodec codec;

    public JetStreamLetters(EventStore store, LetterStreams streams) {
        this.store = store;
        this.api = store.api();
        this.streams = streams;
        this.subjects = streams.subjects();
        this.codec = new LetterCodec(subjects, store.codec());
    }

    @Override
    public Future<Boolean> add(DeadLetter letter, String key) {
        StoredEvent event = letter.event();
        byte[] data = event == null ? new byte[0] : event.data();
        Headers headers = codec.headers(letter, key);
        if (headers.serializedLength() + data.length > store.connection().getMaxPayload()) {
            headers = codec.headers(without(letter), key);
            data = new byte[0];
        }
        return api.append(subjects.of(letter), headers, data, TIMEOUT)
                .map(ack -> !ack.path("duplicate").asBoolean())
                .recover(JetStreamLetters::translate);
    }

    /** Whether a letter with this key was stored since; however long ago that is. */
    Future<Boolean> has(DeadLetter letter, String key, Instant since) {
        String subject = subjects.of(letter);
        Promise<Boolean> answer = Promise.promise();
        search(subject, startingAt(subject, since), key, answer);
        return answer.future();
    }

    private void search(String subject, ObjectNode question, String key, Promise<Boolean> answer) {
        get(question)
                .onComplete(
                        found -> {
                            if (found == null) {
                                answer.complete(false);
                            } else if (key.equals(key(found))) {
                                answer.complete(true);
                            } else {
                                search(subject, next(subject, found.sequence()), key, answer);
                            }
                        },
                        answer::fail);
    }

    private static @Nullable String key(StreamMessage letter) {
        Headers headers = letter.headers();
        return headers == null ? null : headers.getFirst(LetterCodec.KEY);
    }

    @Override
    public Future<@Nullable StoredLetter> read(TenantId tenant, ProjectId project, Cursor position) {
        if (position.epoch() != streams.epoch() || position.sequence() == 0) {
            return Future.succeededFuture(null);
        }
        var owner = new LetterSubjects.Owner(tenant, project);
        return get(JsonNodeFactory.instance.objectNode().put("seq", position.sequence()))
                .map(found ->
                        found == null || !subjects.owner(found.subject()).equals(owner) ? null : codec.decode(found));
    }

    @Override
    public Future<@Nullable StoredLetter> next(LetterFilter filter, long after) {
        String subject = subjects.matching(filter);
        Instant from = filter.from();
        ObjectNode question = from == null || after > 0 ? next(subject, after) : startingAt(subject, from);
        return get(question).map(found -> found == null || isLate(found, filter.until()) ? null : codec.decode(found));
    }

    private static boolean isLate(StreamMessage message, @Nullable Instant until) {
        return until != null && !message.time().isBefore(until);
    }

    @Override
    public Future<Long> count(LetterFilter filter, long after) {
        ObjectNode question = next(subjects.matching(filter), after).put("batch", 1);
        // Of the answers to a batch only the first is heard, and it tells how many would follow.
        return api.request("$JS.API.DIRECT.GET." + streams.letters(), bytes(question), TIMEOUT)
                .map(message -> {
                    Headers headers = message.getHeaders();
                    String pending = headers == null || message.isStatusMessage() ? null : headers.getFirst(PENDING);
                    return pending == null ? 0L : Long.parseLong(pending) + 1;
                });
    }

    @Override
    public Future<Boolean> remove(StoredLetter letter) {
        ObjectNode question = JsonNodeFactory.instance
                .objectNode()
                .put("seq", letter.sequence())
                .put("no_erase", true);
        return api.call("$JS.API.STREAM.MSG.DELETE." + streams.letters(), question.toString(), TIMEOUT)
                .map(true)
                .recover(e -> e instanceof JetStreamFault
                        // It may have been gone already.
                        ? get(JsonNodeFactory.instance.objectNode().put("seq", letter.sequence()))
                                .compose(left -> left == null ? Future.succeededFuture(false) : translate(e))
                        : translate(e));
    }

    @Override
    public int epoch() {
        return streams.epoch();
    }

    private static ObjectNode startingAt(String subject, Instant time) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("start_time", time.toString())
                .put("next_by_subj", subject);
    }

    private static ObjectNode next(String subject, long after) {
        return JsonNodeFactory.instance.objectNode().put("seq", after + 1).put("next_by_subj", subject);
    }

    private Future<@Nullable StreamMessage> get(ObjectNode question) {
        return api.message(streams.letters(), question.toString(), TIMEOUT).recover(JetStreamLetters::translate);
    }

    private static DeadLetter without(DeadLetter letter) {
        StoredEvent event = letter.event();
        return new DeadLetter(
                letter.tenant(),
                letter.project(),
                letter.consumer(),
                letter.feature(),
                letter.durable(),
                letter.reason(),
                letter.error(),
                letter.attempts(),
                letter.failedAt(),
                letter.cursor(),
                event,
                Missing.TOO_LARGE,
                letter.headers());
    }

    static <T> Future<T> translate(Throwable error) {
        return Future.failedFuture(
                error instanceof JetStreamFault
                        ? new PlatformException(new AvailabilityError.EventStoreUnavailable(), error)
                        : error);
    }

    private static byte[] bytes(ObjectNode question) {
        return question.toString().getBytes(StandardCharsets.UTF_8);
    }
}
