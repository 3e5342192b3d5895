package dev.sandpiper.protocol;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.WireFormat;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into the bytes that clients receive. Each form is made once per event and kept by it ({@link
 * StoredEvent#encoded}); what these methods return is shared: do not modify. Safe for use by several threads.
 */
public final class EventEncoders {
    private static final int MEMBERS = 256;

    private final CursorCodec cursors;
    private final Function<StoredEvent, byte[]> json = this::encodeJson;
    private final Function<StoredEvent, byte[]> webSocket = this::encodeWebSocket;
    private final Function<StoredEvent, byte[]> sse = this::encodeSse;
    private final Function<StoredEvent, byte[]> sseChunk = this::encodeSseChunk;

    private final LongAdder[] made = new LongAdder[WireFormat.values().length];

    public EventEncoders(CursorCodec cursors) {
        this.cursors = cursors;
        Arrays.setAll(made, format -> new LongAdder());
    }

    /** How many events were encoded in this form: not how often that was used. */
    public long made(WireFormat format) {
        return made[format.ordinal()].sum();
    }

    /** A {@code message} frame as JSON text. Payloads that are no JSON stand in it as base64. */
    public byte[] json(StoredEvent event) {
        return event.encoded(WireFormat.JSON, json);
    }

    /** A whole WebSocket frame: text, or binary when the payload is no JSON. */
    public byte[] webSocket(StoredEvent event) {
        return event.encoded(WireFormat.WEBSOCKET, webSocket);
    }

    /** One server-sent event. */
    public byte[] sse(StoredEvent event) {
        return event.encoded(WireFormat.SSE, sse);
    }

    /** The same as one chunk of an HTTP/1.1 body. */
    public byte[] sseChunk(StoredEvent event) {
        return event.encoded(WireFormat.SSE_CHUNK, sseChunk);
    }

    /** Null for an ephemeral event. */
    public @Nullable String cursor(StoredEvent event) {
        Cursor cursor = event.cursor();
        return cursor == null ? null : cursors.encode(event.tenant(), event.project(), cursor);
    }

    private byte[] encodeJson(StoredEvent event) {
        made[WireFormat.JSON.ordinal()].increment();
        var out = new JsonBytes(size(event));
        members(out, event, cursor(event), true);
        return out.toByteArray();
    }

    private byte[] encodeWebSocket(StoredEvent event) {
        made[WireFormat.WEBSOCKET.ordinal()].increment();
        var out = new JsonBytes(size(event)).reserve(WebSocketFrames.MAX_HEADER);
        boolean text = event.contentType() == null;
        if (text) {
            members(out, event, cursor(event), true);
        } else {
            binary(out, event);
        }
        int payload = out.length() - WebSocketFrames.MAX_HEADER;
        byte[] bytes = out.array();
        WebSocketFrames.header(bytes, WebSocketFrames.MAX_HEADER, text, payload);
        int from = WebSocketFrames.MAX_HEADER - WebSocketFrames.headerLength(payload);
        return Arrays.copyOfRange(bytes, from, out.length());
    }

    private void binary(JsonBytes out, StoredEvent event) {
        int at = out.length();
        out.reserve(Integer.BYTES);
        members(out, event, cursor(event), false);
        int header = out.length() - at - Integer.BYTES;
        byte[] bytes = out.array();
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (header >> (8 * (3 - i)));
        }
        out.append(event.data(), 0, event.data().length);
    }

    private byte[] encodeSse(StoredEvent event) {
        made[WireFormat.SSE.ordinal()].increment();
        String cursor = cursor(event);
        JsonBytes out = SseEvents.begin(cursor, "message", size(event));
        int from = out.length();
        members(out, event, cursor, true);
        return SseEvents.end(out, from);
    }

    private byte[] encodeSseChunk(StoredEvent event) {
        return HttpChunks.of(encodeSse(event));
    }

    private static void members(JsonBytes out, StoredEvent event, @Nullable String cursor, boolean withData) {
        out.beginObject()
                .name("type")
                .string("message")
                .name("channel")
                .string(event.topic().name())
                .name("event")
                .string(event.event());
        String contentType = event.contentType();
        if (withData) {
            out.name("data");
            if (contentType == null) {
                out.raw(event.data());
            } else {
                out.base64(event.data()).name("encoding").string("base64");
            }
        }
        out.optional("content_type", contentType)
                .name("id")
                .string(event.id().value())
                .optional("cursor", cursor)
                .name("timestamp")
                .string(Timestamps.format(event.timestamp()))
                .optional("sender", event.sender());
        HeadersMember.optional(out, event.headers()).endObject();
    }

    private static int size(StoredEvent event) {
        int data = event.contentType() == null ? event.data().length : event.data().length * 4 / 3 + 4;
        return data + event.headers().size() + MEMBERS;
    }
}
