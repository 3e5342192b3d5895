package dev.sandpiper.protocol;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PublishReceipt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what the server says on a socket, as JSON text in UTF-8. {@code message} frames are {@link EventEncoders}'. */
public final class ServerFrames {
    public static final int VERSION = 1;

    private ServerFrames() {}

    /**
     * The connection is authenticated.
     *
     * @param id of the {@code auth} frame that this answers, null when the credential came with the handshake
     * @param connection names the connection, in logs too
     * @param maxMessage in bytes
     */
    public static byte[] connected(@Nullable String id, String connection, Duration pingInterval, int maxMessage) {
        return begin("connected", id, 128)
                .name("connection")
                .string(connection)
                .name("version")
                .number(VERSION)
                .name("ping_interval")
                .number(pingInterval.toSeconds())
                .name("max_message")
                .number(maxMessage)
                .endObject()
                .toByteArray();
    }

    /**
     * @param cursor the position before the first event that follows
     * @param unrecovered why the requested cursor cannot be continued from, null when it is
     * @param oldest the oldest cursor that can, null when that is not known
     */
    public static byte[] subscribed(
            @Nullable String id, String channel, String cursor, @Nullable String unrecovered, @Nullable String oldest) {
        return opening(begin("subscribed", id, 160).name("channel").string(channel), cursor, unrecovered, oldest);
    }

    /**
     * Likewise for one whose client acknowledges.
     *
     * @param maxUnacked events that may wait for it
     * @param resumed whether it continues where the subscriber's acknowledgements ended; null for one without a name
     */
    public static byte[] subscribed(
            @Nullable String id,
            String channel,
            String cursor,
            @Nullable String unrecovered,
            @Nullable String oldest,
            int maxUnacked,
            @Nullable Boolean resumed) {
        JsonBytes json = begin("subscribed", id, 192)
                .name("channel")
                .string(channel)
                .name("max_unacked")
                .number(maxUnacked);
        if (resumed != null) {
            json.name("resumed").bool(resumed);
        }
        return opening(json, cursor, unrecovered, oldest);
    }

    /** Likewise for a stream over several channels at once. */
    public static byte[] subscribed(
            List<String> channels, String cursor, @Nullable String unrecovered, @Nullable String oldest) {
        JsonBytes json = begin("subscribed", null, 160).name("channels").beginArray();
        for (String channel : channels) {
            json.string(channel);
        }
        return opening(json.endArray(), cursor, unrecovered, oldest);
    }

    /**
     * Everything up to here was looked at, and what was not sent does not match the filter.
     *
     * @param channel null for a stream over several at once
     */
    public static byte[] position(@Nullable String channel, String cursor) {
        return place("position", channel, cursor);
    }

    /**
     * The subscription had a bound and has reached it: nothing follows.
     *
     * @param channel null for a stream over several at once
     */
    public static byte[] end(@Nullable String channel, String cursor) {
        return place("end", channel, cursor);
    }

    private static byte[] place(String type, @Nullable String channel, String cursor) {
        return begin(type, null, 128)
                .optional("channel", channel)
                .name("cursor")
                .string(cursor)
                .endObject()
                .toByteArray();
    }

    public static byte[] unsubscribed(@Nullable String id, String channel) {
        return begin("unsubscribed", id, 96)
                .name("channel")
                .string(channel)
                .endObject()
                .toByteArray();
    }

    /** @param cursor the receipt's, as text; null for class ephemeral */
    public static byte[] published(@Nullable String id, PublishReceipt receipt, @Nullable String cursor) {
        return begin("published", id, 192)
                .name("event_id")
                .string(receipt.id().value())
                .optional("cursor", cursor)
                .name("duplicate")
                .bool(receipt.duplicate())
                .name("class")
                .string(receipt.deliveryClass().wireName())
                .name("durability")
                .string(receipt.durability().wireName())
                .endObject()
                .toByteArray();
    }

    /** @param id of the frame that failed, when it is known */
    public static byte[] error(@Nullable String id, PlatformError error) {
        return beginError(id, error).endObject().toByteArray();
    }

    static JsonBytes beginError(@Nullable String id, PlatformError error) {
        ErrorMapping mapping = ErrorMapping.of(error);
        JsonBytes json = begin("error", id, 192)
                .name("code")
                .string(mapping.realtime().name())
                .name("name")
                .string(error.code())
                .name("message")
                .string(error.message());
        retryAfter(json, mapping);
        if (error instanceof ConflictError.CursorConflict conflict) {
            json.name("cursor").string(conflict.cursor());
        }
        return json;
    }

    /** The token ends soon, and with it the connection, unless an {@code auth} frame brings another. */
    public static byte[] expiring(Instant expiresAt, Duration left) {
        return begin("expiring", null, 96)
                .name("expires_at")
                .string(Timestamps.format(expiresAt))
                .name("expires_in")
                .number(Math.max(0, left.toSeconds()))
                .endObject()
                .toByteArray();
    }

    public static byte[] pong(@Nullable String id) {
        return begin("pong", id, 48).endObject().toByteArray();
    }

    /**
     * What a close frame of ours says beside its code: JSON with the error's name, when to come back and, for a slow
     * consumer, the cursor to resume from. Always fits into {@link WebSocketFrames#MAX_CLOSE_REASON} bytes.
     */
    public static String closeReason(PlatformError error) {
        JsonBytes json = new JsonBytes(128).beginObject().name("name").string(error.code());
        retryAfter(json, ErrorMapping.of(error));
        if (error instanceof ConnectionEnd.SlowConsumer slow && !slow.cursor().isEmpty()) {
            json.name("cursor").string(slow.cursor());
        }
        return new String(json.endObject().toByteArray(), StandardCharsets.UTF_8);
    }

    private static void retryAfter(JsonBytes json, ErrorMapping mapping) {
        Duration retryAfter = mapping.retryAfter();
        if (retryAfter != null) {
            json.name("retry_after").seconds(retryAfter.toMillis());
        }
    }

    static JsonBytes begin(String type, @Nullable String id, int capacity) {
        return new JsonBytes(capacity).beginObject().name("type").string(type).optional("id", id);
    }

    private static byte[] opening(
            JsonBytes json, String cursor, @Nullable String unrecovered, @Nullable String oldest) {
        return json.name("cursor")
                .string(cursor)
                .name("recovered")
                .bool(unrecovered == null)
                .optional("reason", unrecovered)
                .optional("oldest", oldest)
                .endObject()
                .toByteArray();
    }
}
