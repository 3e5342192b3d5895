package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.StoredEvent;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an event looks in NATS: the body is the payload, headers hold the rest.
 *
 * <table>
 *   <caption>Headers</caption>
 *   <tr><td>{@code Nats-Msg-Id}</td><td>by which JetStream recognises a repetition</td></tr>
 *   <tr><td>{@code Sp-Id}</td><td>the event's id</td></tr>
 *   <tr><td>{@code Sp-Event}</td><td>its name; absent for {@code message}</td></tr>
 *   <tr><td>{@code Sp-Sender}</td><td>absent when there is none</td></tr>
 *   <tr><td>{@code Sp-Type}</td><td>the body's media type; absent for JSON</td></tr>
 *   <tr><td>{@code Sp-Headers}</td><td>the names of the publisher's own headers, with commas between; mostly absent</td></tr>
 *   <tr><td>{@code Sp-H-}<i>name</i></td><td>one of them</td></tr>
 *   <tr><td>{@code Nats-TTL}</td><td>after which JetStream removes it; absent when it stays</td></tr>
 *   <tr><td>{@code Nats-Expected-Last-Subject-Sequence}</td><td>what must be the topic's newest event; mostly absent</td></tr>
 *   <tr><td>{@code Sp-Stored}</td><td>when it was stored first; only on events that were moved from another stream</td></tr>
 *   <tr><td>{@code Sp-Origin}</td><td>where it lay before: {@code epoch.sequence} of each former place, the first one first; likewise</td></tr>
 *   <tr><td>{@code Sp-Time}</td><td>milliseconds since 1970; only on ephemeral events, which no stream dates</td></tr>
 * </table>
 *
 * Values outside plain ASCII are percent-encoded UTF-8. Safe for use by several threads.
 */
public final class EventCodec {
    public static final String SEQUENCE = "Nats-Sequence";
    public static final String LAST_SEQUENCE = "Nats-Last-Sequence";
    public static final String SUBJECT = "Nats-Subject";
    public static final String TIME_STAMP = "Nats-Time-Stamp";

    /** On events that were moved from another stream: when they were stored first. */
    public static final String STORED_AT = "Sp-Stored";

    /** Likewise, where they lay before. */
    public static final String ORIGIN = "Sp-Origin";

    private static final String ID = "Sp-Id";
    private static final String EVENT = "Sp-Event";
    private static final String SENDER = "Sp-Sender";
    private static final String TYPE = "Sp-Type";
    private static final String TIME = "Sp-Time";

    /** Says which headers to look for, so that an event without any costs one look and no search. */
    private static final String HEADERS = "Sp-Headers";

    private static final String HEADER = "Sp-H-";

    private static final byte[] MESSAGE_ID_NAME = name("Nats-Msg-Id");
    private static final byte[] TTL_NAME = name("Nats-TTL");
    private static final byte[] EXPECTED_NAME = name("Nats-Expected-Last-Subject-Sequence");
    private static final byte[] EXPECTED_ID_NAME = name("Nats-Expected-Last-Msg-Id");
    private static final byte[] ID_NAME = name(ID);
    private static final byte[] EVENT_NAME = name(EVENT);
    private static final byte[] SENDER_NAME = name(SENDER);
    private static final byte[] TYPE_NAME = name(TYPE);
    private static final byte[] TIME_NAME = name(TIME);
    private static final byte[] HEADERS_NAME = name(HEADERS);

    /** No condition on what is the topic's newest event. */
    public static final long ANY_LAST = -1;

    /** No event has this id: ours have none but letters, digits and two signs. */
    private static final String NO_ID = "none.";

    private static final String UNKNOWN_TYPE = "application/octet-stream";

    private final Subjects subjects;
    private volatile boolean expectsMoved;

    public EventCodec(Subjects subjects) {
        this.subjects = subjects;
    }

    /** From now on there may be events that were moved from another stream, and say themselves when they were stored. */
    public void expectMoved() {
        expectsMoved = true;
    }

    /** Headers of an event for the stream. The same id and command give the same bytes, so a retry is a repetition. */
    public Headers stored(PublishCommand command, EventId id) {
        return identified(command, id);
    }

    /**
     * Likewise for an event with options.
     *
     * @param last sequence of what must be the topic's newest event, 0 for none, {@link #ANY_LAST} for no such condition
     */
    public Headers stored(PublishCommand command, EventId id, long last) {
        return conditional(command, id, last);
    }

    EncodedHeaders conditional(PublishCommand command, EventId id, long last) {
        EncodedHeaders headers = identified(command, id);
        PublishOptions options = command.options();
        Duration ttl = options == null ? null : options.ttl();
        if (ttl != null) {
            ttl(headers, ttl);
        }
        return last == ANY_LAST ? headers : headers.with(EXPECTED_NAME, Long.toString(last));
    }

    /**
     * Headers of a question: is an event with this id stored? JetStream answers as to a repetition if so. If not, it refuses the
     * message, because it asks for a last id that no event has. For a stream without replicas only: with replicas the refusal
     * comes after the id was noted.
     */
    public Headers probe(PublishCommand command, EventId id) {
        return new EncodedHeaders()
                .with(MESSAGE_ID_NAME, MessageIds.of(command, id))
                .with(EXPECTED_ID_NAME, NO_ID);
    }

    /** Headers of a message that is to be the first of its subject, and to be removed after {@code lifetime}. */
    static EncodedHeaders first(Duration lifetime) {
        return ttl(new EncodedHeaders(), lifetime).with(EXPECTED_NAME, "0");
    }

    private static EncodedHeaders ttl(EncodedHeaders headers, Duration ttl) {
        return headers.with(TTL_NAME, Math.max(1, ttl.toSeconds()) + "s");
    }

    private static EncodedHeaders identified(PublishCommand command, EventId id) {
        return metadata(new EncodedHeaders().with(MESSAGE_ID_NAME, MessageIds.of(command, id)), command, id);
    }

    /** What stands in {@code Nats-Msg-Id} of an event that was published with the command's key. */
    public static String messageId(PublishCommand command, EventId id) {
        return MessageIds.of(command, id);
    }

    /** Headers of an event that goes to whoever listens and is not stored. */
    public Headers ephemeral(PublishCommand command, EventId id, long epochMillis) {
        return metadata(new EncodedHeaders(), command, id).with(TIME_NAME, Long.toString(epochMillis));
    }

    /** What the headers of a stored event say about it, without those that only mean something to JetStream. */
    public Headers metadata(StoredEvent event) {
        Headers headers = new Headers().put(ID, event.id().value());
        if (!event.event().equals(PublishCommand.DEFAULT_EVENT)) {
            headers.put(EVENT, HeaderText.encode(event.event()));
        }
        String sender = event.sender();
        if (sender != null) {
            headers.put(SENDER, HeaderText.encode(sender));
        }
        String type = event.contentType();
        if (type != null) {
            headers.put(TYPE, HeaderText.encode(type));
        }
        Map<String, String> own = event.headers().asMap();
        if (!own.isEmpty()) {
            headers.put(HEADERS, names(own));
            own.forEach((name, value) -> headers.put(HEADER + name, HeaderText.encode(value)));
        }
        return headers;
    }

    private static EncodedHeaders metadata(EncodedHeaders headers, PublishCommand command, EventId id) {
        headers.with(ID_NAME, id.value());
        if (!command.event().equals(PublishCommand.DEFAULT_EVENT)) {
            headers.with(EVENT_NAME, HeaderText.encode(command.event()));
        }
        String sender = command.sender();
        if (sender != null) {
            headers.with(SENDER_NAME, HeaderText.encode(sender));
        }
        String type = command.contentType();
        if (type != null) {
            headers.with(TYPE_NAME, HeaderText.encode(type));
        }
        Map<String, String> own = command.headers().asMap();
        if (!own.isEmpty()) {
            headers.with(HEADERS_NAME, names(own));
            own.forEach((name, value) -> headers.with(name(HEADER + name), HeaderText.encode(value)));
        }
        return headers;
    }

    private static String names(Map<String, String> own) {
        return String.join(",", own.keySet());
    }

    /**
     * Reads a live message or the answer to a direct get.
     *
     * @param epoch the stream's, for the event's cursor
     * @throws IllegalArgumentException when it is not an event
     */
    public StoredEvent decode(Message message, int epoch) {
        String stored = header(message.getHeaders(), SUBJECT);
        return decode(message, subjects.parse(stored == null ? message.getSubject() : stored), epoch);
    }

    /** As {@link #decode(Message, int)}, for a reader who knows whose message it is. */
    public StoredEvent decode(Message message, Subjects.Address address, int epoch) {
        Headers headers = message.getHeaders();
        String time = header(headers, TIME_STAMP);
        return decode(
                headers,
                message.getData(),
                address,
                epoch,
                sequence(message),
                time == null ? null : Timestamps.parse(time));
    }

    /**
     * As {@link #decode(Message, int)}, from parts.
     *
     * @param time when it was stored; null for an ephemeral event, which says so itself
     */
    public StoredEvent decode(
            @Nullable Headers headers,
            byte[] data,
            Subjects.Address address,
            int epoch,
            long sequence,
            @Nullable Instant time) {
        String id = header(headers, ID);
        String event = header(headers, EVENT);
        String sender = header(headers, SENDER);
        String type = header(headers, TYPE);
        if (id == null && type == null) {
            // Somebody else wrote to our subjects. Nobody checked that this is JSON, so it must not be embedded as
            // such.
            type = UNKNOWN_TYPE;
        }
        Instant timestamp = time == null ? ephemeralTime(headers) : expectsMoved ? firstStored(headers, time) : time;
        return new StoredEvent(
                address.tenant(),
                address.project(),
                address.topic(),
                id == null ? ForeignIds.of(timestamp, sequence) : new EventId(id),
                event == null ? PublishCommand.DEFAULT_EVENT : HeaderText.decode(event),
                data,
                type == null ? null : HeaderText.decode(type),
                own(headers),
                sender == null ? null : HeaderText.decode(sender),
                timestamp,
                sequence == 0 ? null : new Cursor(epoch, sequence));
    }

    /** The stream sequence of a live message or a direct-get answer; 0 when it is ephemeral. */
    public static long sequence(Message message) {
        return number(message.getHeaders(), SEQUENCE);
    }

    /** The sequence of the event before this one on the same subject, 0 for none. On live messages only. */
    public static long previousSequence(Message message) {
        return number(message.getHeaders(), LAST_SEQUENCE);
    }

    private static EventHeaders own(@Nullable Headers headers) {
        String names = header(headers, HEADERS);
        return headers == null || names == null ? EventHeaders.NONE : own(headers, names);
    }

    /** Somebody else may have written them, so they are not believed to be what a publisher's are. */
    private static EventHeaders own(Headers headers, String names) {
        Map<String, String> own = new LinkedHashMap<>();
        for (String name : names.split(",", EventHeaders.MAX_COUNT + 1)) {
            String value = headers.getFirst(HEADER + name);
            if (value != null) {
                own.put(name, HeaderText.decode(value));
            }
        }
        return EventHeaders.asFarAsValid(own);
    }

    private static Instant firstStored(@Nullable Headers headers, Instant time) {
        String first = header(headers, STORED_AT);
        return first == null ? time : Timestamps.parse(first);
    }

    private static Instant ephemeralTime(@Nullable Headers headers) {
        long millis = number(headers, TIME);
        return millis == 0 ? Instant.now() : Instant.ofEpochMilli(millis);
    }

    private static long number(@Nullable Headers headers, String name) {
        String value = header(headers, name);
        return value == null ? 0 : Long.parseLong(value);
    }

    private static @Nullable String header(@Nullable Headers headers, String name) {
        return headers == null ? null : headers.getFirst(name);
    }

    private static byte[] name(String name) {
        return (name + ":").getBytes(StandardCharsets.US_ASCII);
    }
}
