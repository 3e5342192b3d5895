package dev.sandpiper.protocol;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.WorkerWord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads client frames.
 *
 * <p>Text form: one JSON object. Binary form, for {@code message} frames whose payload is no JSON: the length of the header
 * (4 bytes, big-endian), the header (the same object without {@code data}, with {@code content_type}), the payload.
 * Members that a frame does not know are checked as JSON and passed over, so that newer clients can talk to older servers.
 */
public final class ClientFrames {
    private static final String OCTETS = "application/octet-stream";
    private static final Pattern SUBSCRIBER = Pattern.compile("[A-Za-z0-9._-]{1," + ClientFrame.MAX_SUBSCRIBER + "}");

    private @Nullable String type;
    private @Nullable String id;
    private @Nullable String channel;
    private @Nullable String since;
    private @Nullable String from;
    private int last;
    private @Nullable String until;
    private @Nullable String filter;
    private int maxRate;
    private boolean ack;
    private int maxUnacked;
    private @Nullable String subscriber;
    private @Nullable String cursor;
    private @Nullable String auth;
    private @Nullable String token;
    private @Nullable String event;
    private @Nullable String key;
    private @Nullable String deliveryClass;
    private @Nullable String contentType;
    private @Nullable String encoding;
    private @Nullable String ttl;
    private @Nullable String deliverAt;
    private @Nullable String ifLastCursor;
    private byte @Nullable [] data;
    private @Nullable HeadersMember headers;
    private @Nullable String consumer;
    private int credit;
    private @Nullable String delay;
    private @Nullable String reason;
    private byte @Nullable [] publish;

    private ClientFrames() {}

    /** Never throws: what cannot be understood becomes {@link ClientFrame.Malformed}. */
    public static ClientFrame parseText(byte[] bytes, int offset, int length) {
        return parse(members -> {
            members.read(bytes, offset, length);
            return members.frame();
        });
    }

    /** Likewise for the binary form. */
    public static ClientFrame parseBinary(byte[] bytes, int offset, int length) {
        return parse(members -> members.binary(bytes, offset, length));
    }

    private static ClientFrame parse(Function<ClientFrames, ClientFrame> reading) {
        var members = new ClientFrames();
        try {
            return reading.apply(members);
        } catch (PlatformException e) {
            return new ClientFrame.Malformed(members.id, e.error());
        }
    }

    private ClientFrame binary(byte[] bytes, int offset, int length) {
        if (length < Integer.BYTES) {
            throw invalid("A binary frame begins with the length of its header in 4 bytes");
        }
        int header = ByteBuffer.wrap(bytes, offset, Integer.BYTES).getInt();
        if (header < 0 || header > length - Integer.BYTES) {
            throw invalid("The header of the binary frame is longer than the frame");
        }
        int start = offset + Integer.BYTES;
        read(bytes, start, header);
        if (data != null || encoding != null) {
            throw invalid("The payload of a binary frame follows its header");
        }
        if (!"message".equals(type)) {
            throw invalid("Only message frames have a binary form");
        }
        byte[] payload = new byte[length - Integer.BYTES - header];
        System.arraycopy(bytes, start + header, payload, 0, payload.length);
        return message(payload, contentType == null ? OCTETS : contentType);
    }

    private void read(byte[] bytes, int offset, int length) {
        try (StrictJson json = StrictJson.read(bytes, offset, length)) {
            json.beginObject();
            for (String name = json.nextMember(); name != null; name = json.nextMember()) {
                member(json, name);
            }
            json.end();
        }
    }

    private void member(StrictJson json, String name) {
        switch (name) {
            case "id" -> id = id(json);
            case "type" -> type = json.string(name);
            case "channel" -> channel = json.string(name);
            case "since" -> since = json.stringOrNull(name);
            case "from" -> from = json.stringOrNull(name);
            case "last" -> last = wholeNumber(json, name, ClientFrame.MAX_LAST);
            case "until" -> until = json.stringOrNull(name);
            case "filter" -> filter = json.stringOrNull(name);
            case "max_rate" -> maxRate = wholeNumber(json, name, ClientFrame.MAX_RATE);
            case "ack" -> ack = flag(json, name);
            case "max_unacked" -> maxUnacked = wholeNumber(json, name, ClientFrame.MAX_UNACKED);
            case "subscriber" -> subscriber = json.stringOrNull(name);
            case "cursor" -> cursor = json.stringOrNull(name);
            case "auth" -> auth = json.stringOrNull(name);
            case "token" -> token = json.string(name);
            case "event" -> event = json.stringOrNull(name);
            case "key" -> key = json.stringOrNull(name);
            case "class" -> deliveryClass = json.stringOrNull(name);
            case "content_type" -> contentType = json.stringOrNull(name);
            case "headers" -> headers = HeadersMember.read(json);
            case "encoding" -> encoding = json.stringOrNull(name);
            case "ttl" -> ttl = json.stringOrNull(name);
            case "deliver_at" -> deliverAt = json.stringOrNull(name);
            case "if_last_cursor" -> {
                String text = json.stringOrNull(name);
                // Unlike elsewhere, null says something here: that the topic has no events.
                ifLastCursor = text == null ? "" : text;
            }
            case "data", "payload" -> {
                if (data != null) {
                    throw new PlatformException(new RequestError.DuplicateMember(name));
                }
                data = json.rawValue();
            }
            case "consumer" -> consumer = json.string(name);
            case "credit" -> credit = wholeNumber(json, name, ClientFrame.MAX_CREDIT);
            case "delay" -> delay = json.stringOrNull(name);
            case "reason" -> reason = json.stringOrNull(name);
            case "publish" -> publish = json.rawValue();
            default -> json.skipValue();
        }
    }

    private static @Nullable String id(StrictJson json) {
        String value = json.stringOrNull("id");
        if (value != null && value.length() > ClientFrame.MAX_ID) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("id", "has at most " + ClientFrame.MAX_ID + " characters"));
        }
        return value;
    }

    /** 0 for null, which says the same as leaving it out. */
    private static int wholeNumber(StrictJson json, String name, int max) {
        Long number = json.wholeNumberOrNull(name);
        if (number == null) {
            return 0;
        }
        if (number < 1 || number > max) {
            throw new PlatformException(
                    new RequestError.InvalidParameter(name, "must be a whole number from 1 to " + max));
        }
        return number.intValue();
    }

    private static boolean flag(StrictJson json, String name) {
        return switch (new String(json.rawValue(), StandardCharsets.US_ASCII)) {
            case "true" -> true;
            case "false", "null" -> false;
            default -> throw new PlatformException(new RequestError.InvalidParameter(name, "must be true or false"));
        };
    }

    private ClientFrame frame() {
        return switch (required("type", type)) {
            case "subscribe" -> subscribe();
            case "ack" -> ack();
            case "unsubscribe" -> new ClientFrame.Unsubscribe(id, topic());
            case "message" -> textMessage();
            case "auth" -> new ClientFrame.Auth(id, required("token", token));
            case "ping" -> new ClientFrame.Ping(id);
            case "consume" -> new ClientFrame.Consume(id, required("consumer", consumer), credit);
            case "stop" -> new ClientFrame.Stop(id, required("consumer", consumer));
            case "nack" -> word(new WorkerWord.Nack(delay));
            case "term" -> word(new WorkerWord.Term(reason));
            case "in_progress" -> word(new WorkerWord.InProgress());
            default ->
                throw new PlatformException(new RequestError.InvalidParameter(
                        "type",
                        "must be one of subscribe, unsubscribe, message, auth, ping, consume, stop, ack, nack, term and"
                                + " in_progress"));
        };
    }

    /** Of a delivery of a durable consumer, or of what a subscription was given. */
    private ClientFrame ack() {
        return consumer == null && token == null
                ? new ClientFrame.Ack(id, topic(), required("cursor", cursor))
                : word(new WorkerWord.Ack(publish));
    }

    private ClientFrame word(WorkerWord word) {
        return new ClientFrame.Word(id, required("consumer", consumer), required("token", token), word);
    }

    private ClientFrame subscribe() {
        if (since != null && from != null) {
            throw new PlatformException(new RequestError.InvalidParameter("from", "cannot be combined with since"));
        }
        if (last > 0 && (since != null || from != null)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("last", "cannot be combined with since or from"));
        }
        requireAck();
        Instant time = from == null ? null : Timestamps.parse("from", from);
        return new ClientFrame.Subscribe(
                id, topic(), since, time, last, until, filter, maxRate, ack, maxUnacked, subscriber, auth);
    }

    private void requireAck() {
        if (!ack && maxUnacked > 0) {
            throw new PlatformException(new RequestError.InvalidParameter("max_unacked", "needs ack"));
        }
        if (!ack && subscriber != null) {
            throw new PlatformException(new RequestError.InvalidParameter("subscriber", "needs ack"));
        }
        if (ack && maxRate > 0) {
            // Whoever acknowledges wants every event.
            throw new PlatformException(new RequestError.InvalidParameter("max_rate", "cannot be combined with ack"));
        }
        if (subscriber != null && !SUBSCRIBER.matcher(subscriber).matches()) {
            throw new PlatformException(new RequestError.InvalidParameter(
                    "subscriber", "must be 1 to " + ClientFrame.MAX_SUBSCRIBER + " of A-Z a-z 0-9 . _ -"));
        }
    }

    private ClientFrame textMessage() {
        byte[] payload = required("data", data);
        if (encoding == null) {
            if (contentType != null && !MediaTypes.isJson(contentType)) {
                throw new PlatformException(new RequestError.InvalidParameter(
                        "encoding", "must be base64 when content_type is not " + MediaTypes.JSON));
            }
            return message(payload, null);
        }
        if (!encoding.equals("base64")) {
            throw new PlatformException(new RequestError.InvalidParameter("encoding", "must be base64"));
        }
        return message(decode(payload), contentType == null ? OCTETS : contentType);
    }

    private static byte[] decode(byte[] quoted) {
        try (StrictJson json = StrictJson.read(quoted, 0, quoted.length)) {
            return Base64.getDecoder().decode(json.string("data"));
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter("data", "is not base64"), e);
        }
    }

    private ClientFrame message(byte[] payload, @Nullable String mediaType) {
        Topic topic = topic();
        String type = mediaType;
        if (type != null && !MediaTypes.isWellFormed(type)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("content_type", "must be a media type such as image/png"));
        }
        if (type != null && MediaTypes.isJson(type)) {
            requireJson(payload);
            type = null;
        }
        return new ClientFrame.Message(
                id,
                topic,
                event,
                payload,
                type,
                HeadersMember.headers(headers),
                key,
                deliveryClass(),
                PublishExtras.parse(ttl, ifLastCursor, deliverAt));
    }

    private static void requireJson(byte[] payload) {
        try (StrictJson json = StrictJson.read(payload, 0, payload.length)) {
            json.skipValue();
            json.end();
        }
    }

    private @Nullable DeliveryClass deliveryClass() {
        if (deliveryClass == null) {
            return null;
        }
        return DeliveryClass.named(deliveryClass)
                .orElseThrow(() -> new PlatformException(
                        new RequestError.InvalidParameter("class", "must be ephemeral, durable or exactly-once")));
    }

    private Topic topic() {
        return new Topic(required("channel", channel));
    }

    private static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "is required"));
        }
        return value;
    }

    private static PlatformException invalid(String message) {
        return new PlatformException(new RequestError.InvalidRequest(message));
    }
}
