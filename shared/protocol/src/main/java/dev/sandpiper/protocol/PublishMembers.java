package dev.sandpiper.protocol;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Collects the members of one event while its object is read. What is wrong with the event is remembered, and reading goes
 * on to the end of the object, so that a batch can continue with the next; only broken JSON is thrown at once.
 */
final class PublishMembers {
    private static final int SHOWN = 64;
    private static final String OCTETS = "application/octet-stream";

    private @Nullable String topic;
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
    private @Nullable PlatformError fault;

    /** Reads the value whose first token was just read, to its end. */
    void read(StrictJson json, @Nullable JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            fault(new RequestError.InvalidRequest("An event is a JSON object"));
            json.skipCurrent();
            return;
        }
        for (String name = json.nextMember(); name != null; name = json.nextMember()) {
            member(json, name);
        }
    }

    /** @throws PlatformException with the first thing that was wrong */
    PublishBody body() {
        if (fault != null) {
            throw new PlatformException(fault);
        }
        if (topic == null) {
            throw missing("topic");
        }
        var name = new Topic(topic);
        if (data == null) {
            throw missing("data");
        }
        String type = contentType;
        byte[] payload = data;
        if (encoding != null) {
            payload = decoded(payload);
            type = type == null ? OCTETS : type;
        } else if (type != null && !MediaTypes.isJson(type)) {
            throw new PlatformException(
                    invalid("encoding", "must be base64 when content_type is not application/json"));
        }
        if (type != null && MediaTypes.isJson(type)) {
            type = null;
            requireJson(payload);
        }
        return new PublishBody(
                name,
                event == null ? PublishCommand.DEFAULT_EVENT : event,
                payload,
                type,
                HeadersMember.headers(headers),
                key,
                deliveryClass(),
                PublishExtras.parse(ttl, ifLastCursor, deliverAt));
    }

    private void member(StrictJson json, String name) {
        switch (name) {
            case "topic" -> topic = string(json, name);
            case "event" -> event = string(json, name);
            case "key" -> key = string(json, name);
            case "class" -> deliveryClass = string(json, name);
            case "headers" -> headers = HeadersMember.read(json);
            case "content_type" -> contentType = string(json, name);
            case "encoding" -> encoding = string(json, name);
            case "ttl" -> ttl = string(json, name);
            case "deliver_at" -> deliverAt = string(json, name);
            case "if_last_cursor" -> {
                String cursor = string(json, name);
                // Unlike elsewhere, null says something here: that the topic has no events.
                ifLastCursor = cursor == null ? "" : cursor;
            }
            case "data", "payload" -> {
                if (data == null) {
                    data = json.rawValue();
                } else {
                    json.skipValue();
                    fault(invalid("payload", "means the same as data; send one of them"));
                }
            }
            default -> {
                json.skipValue();
                String shown = name.length() > SHOWN ? name.substring(0, SHOWN) : name;
                fault(invalid(shown, "is not a member of an event"));
            }
        }
    }

    /** Null for {@code null}, which says the same as leaving the member out. */
    private @Nullable String string(StrictJson json, String name) {
        JsonToken token = json.next();
        if (token == JsonToken.VALUE_STRING) {
            return json.text();
        }
        json.skipCurrent();
        if (token != JsonToken.VALUE_NULL) {
            fault(invalid(name, "must be a string"));
        }
        return null;
    }

    private @Nullable DeliveryClass deliveryClass() {
        return deliveryClass == null ? null : deliveryClass(deliveryClass);
    }

    static DeliveryClass deliveryClass(String name) {
        return DeliveryClass.named(name)
                .orElseThrow(
                        () -> new PlatformException(invalid("class", "must be ephemeral, durable or exactly-once")));
    }

    private byte[] decoded(byte[] quoted) {
        if (!"base64".equals(encoding)) {
            throw new PlatformException(invalid("encoding", "must be base64"));
        }
        try (StrictJson json = StrictJson.read(quoted, 0, quoted.length)) {
            return Base64.getDecoder().decode(json.string("data"));
        } catch (IllegalArgumentException e) {
            throw new PlatformException(invalid("data", "is not base64"), e);
        }
    }

    private void requireJson(byte[] payload) {
        if (encoding != null) {
            try (StrictJson json = StrictJson.read(payload, 0, payload.length)) {
                json.skipValue();
                json.end();
            }
        }
    }

    private void fault(PlatformError error) {
        if (fault == null) {
            fault = error;
        }
    }

    private static PlatformException missing(String name) {
        return new PlatformException(invalid(name, "is required"));
    }

    private static PlatformError invalid(String name, String reason) {
        return new RequestError.InvalidParameter(name, reason);
    }
}
