package dev.sandpiper.domain;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An event as the stream holds it. One instance is shared by every subscriber on a node, on all of its event loops, and
 * keeps its encoded forms, so that each is made once whatever the number of subscribers.
 */
public final class StoredEvent {
    private final TenantId tenant;
    private final ProjectId project;
    private final Topic topic;
    private final EventId id;
    private final String event;
    private final byte[] data;
    private final @Nullable String contentType;
    private final EventHeaders headers;
    private final @Nullable String sender;
    private final Instant timestamp;
    private final @Nullable Cursor cursor;
    private final @Nullable Object[] encoded = new @Nullable Object[WireFormat.values().length];

    /**
     * @param data never modified after this
     * @param contentType null for JSON
     * @param timestamp when the stream stored it
     * @param cursor null for an ephemeral event
     */
    public StoredEvent(
            TenantId tenant,
            ProjectId project,
            Topic topic,
            EventId id,
            String event,
            byte[] data,
            @Nullable String contentType,
            EventHeaders headers,
            @Nullable String sender,
            Instant timestamp,
            @Nullable Cursor cursor) {
        this.tenant = tenant;
        this.project = project;
        this.topic = topic;
        this.id = id;
        this.event = event;
        this.data = data;
        this.contentType = contentType;
        this.headers = headers;
        this.sender = sender;
        this.timestamp = timestamp;
        this.cursor = cursor;
    }

    /** An event without headers. */
    public StoredEvent(
            TenantId tenant,
            ProjectId project,
            Topic topic,
            EventId id,
            String event,
            byte[] data,
            @Nullable String contentType,
            @Nullable String sender,
            Instant timestamp,
            @Nullable Cursor cursor) {
        this(tenant, project, topic, id, event, data, contentType, EventHeaders.NONE, sender, timestamp, cursor);
    }

    public TenantId tenant() {
        return tenant;
    }

    public ProjectId project() {
        return project;
    }

    public Topic topic() {
        return topic;
    }

    public EventId id() {
        return id;
    }

    /** The event's name, such as {@code new-message}. */
    public String event() {
        return event;
    }

    /** The payload. Shared: do not modify. */
    public byte[] data() {
        return data;
    }

    /** Null for JSON, otherwise the media type of {@link #data()}. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** What the publisher said beside the payload. */
    public EventHeaders headers() {
        return headers;
    }

    public @Nullable String sender() {
        return sender;
    }

    public Instant timestamp() {
        return timestamp;
    }

    /** Null for an ephemeral event. */
    public @Nullable Cursor cursor() {
        return cursor;
    }

    /** The JetStream sequence, 0 for an ephemeral event. */
    public long sequence() {
        return cursor == null ? 0 : cursor.sequence();
    }

    /**
     * The bytes of this event in a wire format, made by {@code encoder} the first time and then shared: do not modify.
     * Safe for use by several threads.
     */
    public byte[] encoded(WireFormat format, Function<StoredEvent, byte[]> encoder) {
        synchronized (encoded) {
            byte[] bytes = (byte[]) encoded[format.ordinal()];
            if (bytes == null) {
                bytes = encoder.apply(this);
                encoded[format.ordinal()] = bytes;
            }
            return bytes;
        }
    }

    /** What this event holds on the heap, roughly: the unit of every buffer that is bounded in bytes. */
    public int weight() {
        return data.length + headers.weight() + OVERHEAD;
    }

    private static final int OVERHEAD = 256;

    @Override
    public String toString() {
        return "StoredEvent[" + id + " on " + topic + " at " + cursor + "]";
    }
}
