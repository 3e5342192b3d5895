package dev.sandpiper.deadletters.nats;

import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.Missing;
import dev.sandpiper.deadletters.Reason;
import dev.sandpiper.deadletters.StoredLetter;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.HeaderText;
import dev.sandpiper.runtime.nats.StreamMessage;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a letter looks in NATS: the body is the event's, {@code Dl-*} headers say how it failed, and {@code Dl-H-*} are the event's own
 * headers, renamed because JetStream would obey some of them.
 */
final class LetterCodec {
    static final String KEY = "Nats-Msg-Id";

    private static final String CONSUMER = "Dl-Consumer";
    private static final String FEATURE = "Dl-Feature";
    private static final String DURABLE = "Dl-Durable";
    private static final String REASON = "Dl-Reason";
    private static final String ERROR = "Dl-Error";
    private static final String ATTEMPTS = "Dl-Attempts";
    private static final String FAILED_AT = "Dl-Failed-At";
    private static final String EPOCH = "Dl-Epoch";
    private static final String SEQUENCE = "Dl-Sequence";
    private static final String STORED_AT = "Dl-Stored-At";
    private static final String MISSING = "Dl-Missing";
    private static final String ORIGINAL = "Dl-H-";
    private static final String OF_JETSTREAM = "Nats-";

    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
    private static final int MAX_ERROR = 1_000;

    private final LetterSubjects subjects;
    private final EventCodec events;

    LetterCodec(LetterSubjects subjects, EventCodec events) {
        this.subjects = subjects;
        this.events = events;
    }

    Headers headers(DeadLetter letter, String key) {
        Headers headers = new Headers()
                .put(KEY, key)
                .put(CONSUMER, HeaderText.encode(letter.consumer()))
                .put(REASON, letter.reason().wireName())
                .put(ATTEMPTS, Long.toString(letter.attempts()))
                .put(FAILED_AT, letter.failedAt().toString());
        optional(headers, FEATURE, letter.feature());
        optional(headers, DURABLE, letter.durable());
        String error = letter.error();
        optional(headers, ERROR, error == null ? null : shortened(error));
        Missing missing = letter.missing();
        if (missing != null) {
            headers.put(MISSING, missing.wireName());
        }
        Cursor cursor = letter.cursor();
        if (cursor != null) {
            headers.put(EPOCH, Integer.toString(cursor.epoch())).put(SEQUENCE, Long.toString(cursor.sequence()));
        }
        StoredEvent event = letter.event();
        if (event != null) {
            headers.put(STORED_AT, event.timestamp().toString());
            // What the event says about itself, whether or not it came with headers.
            events.metadata(event).forEach((name, values) -> headers.put(ORIGINAL + name, values));
        }
        letter.headers().forEach((name, value) -> headers.put(ORIGINAL + name, HeaderText.encode(value)));
        return headers;
    }

    /** @throws IllegalArgumentException when it is no letter */
    StoredLetter decode(StreamMessage message) {
        Headers headers = message.headers();
        if (headers == null) {
            throw new IllegalArgumentException("a dead letter has headers");
        }
        LetterSubjects.Owner owner = subjects.owner(message.subject());
        Topic topic = subjects.topic(message.subject());
        String sequence = headers.getFirst(SEQUENCE);
        String epoch = headers.getFirst(EPOCH);
        Cursor cursor = sequence == null || epoch == null
                ? null
                : new Cursor(Integer.parseInt(epoch), Long.parseLong(sequence));
        Headers original = original(headers);
        String missing = headers.getFirst(MISSING);
        return new StoredLetter(
                message.sequence(),
                message.time(),
                new DeadLetter(
                        owner.tenant(),
                        owner.project(),
                        HeaderText.decode(required(headers, CONSUMER)),
                        decoded(headers, FEATURE),
                        decoded(headers, DURABLE),
                        Reason.named(required(headers, REASON))
                                .orElseThrow(() -> new IllegalArgumentException("an unknown reason")),
                        decoded(headers, ERROR),
                        Long.parseLong(required(headers, ATTEMPTS)),
                        Instant.parse(required(headers, FAILED_AT)),
                        cursor,
                        topic == null
                                ? null
                                : event(
                                        message,
                                        headers,
                                        original,
                                        new Subjects.Address(owner.tenant(), owner.project(), topic),
                                        cursor),
                        missing == null
                                ? null
                                : Missing.named(missing)
                                        .orElseThrow(
                                                () -> new IllegalArgumentException("missing for an unknown reason")),
                        plain(original)));
    }

    private StoredEvent event(
            StreamMessage message,
            Headers headers,
            Headers original,
            Subjects.Address address,
            @Nullable Cursor cursor) {
        return events.decode(
                original,
                message.data(),
                address,
                cursor == null ? 0 : cursor.epoch(),
                cursor == null ? 0 : cursor.sequence(),
                Instant.parse(required(headers, STORED_AT)));
    }

    /** The headers that a message came with, as a letter keeps them: decoded, first values only, sane names, none of JetStream's. */
    static Map<String, String> plain(@Nullable Headers headers) {
        Map<String, String> plain = new HashMap<>();
        if (headers != null) {
            headers.forEach((name, values) -> {
                if (!name.startsWith(OF_JETSTREAM) && SANE.matcher(name).matches() && !values.isEmpty()) {
                    plain.put(name, HeaderText.decode(values.getFirst()));
                }
            });
        }
        return plain;
    }

    private static Headers original(Headers headers) {
        Headers original = new Headers();
        headers.forEach((String name, List<String> values) -> {
            if (name.startsWith(ORIGINAL)) {
                original.put(name.substring(ORIGINAL.length()), values);
            }
        });
        return original;
    }

    private static void optional(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, HeaderText.encode(value));
        }
    }

    private static @Nullable String decoded(Headers headers, String name) {
        String value = headers.getFirst(name);
        return value == null ? null : HeaderText.decode(value);
    }

    private static String required(Headers headers, String name) {
        String value = headers.getFirst(name);
        if (value == null) {
            throw new IllegalArgumentException("a dead letter without " + name);
        }
        return value;
    }

    private static String shortened(String text) {
        int end = text.offsetByCodePoints(0, Math.min(MAX_ERROR, text.codePointCount(0, text.length())));
        return text.substring(0, end);
    }
}
