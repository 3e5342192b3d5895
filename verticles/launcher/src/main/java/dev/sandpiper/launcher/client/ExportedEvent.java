package dev.sandpiper.launcher.client;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.StrictJson;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line of an export, as far as it can be published again. The payload stays what it is, to the last digit. */
final class ExportedEvent {
    private static final String MESSAGE = "message";

    private final Map<String, String> members = new LinkedHashMap<>();
    private String headers = "";
    private String data = "";

    private ExportedEvent() {}

    /**
     * Null for a line of another type.
     *
     * @throws PlatformException when it is not what an export says
     */
    static @Nullable ExportedEvent read(String line) {
        var event = new ExportedEvent();
        String type = MESSAGE;
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try (StrictJson json = StrictJson.read(bytes, 0, bytes.length)) {
            json.beginObject();
            for (String name = json.nextMember(); name != null; name = json.nextMember()) {
                switch (name) {
                    case "type" -> type = json.string(name);
                    case "channel", "id", "event", "content_type", "encoding" ->
                        event.members.put(name, json.string(name));
                    case "headers" -> event.headers = new String(json.rawValue(), StandardCharsets.UTF_8);
                    case "data" -> event.data = new String(json.rawValue(), StandardCharsets.UTF_8);
                    default -> json.skipValue();
                }
            }
            json.end();
        }
        if (!type.equals(MESSAGE)) {
            return null;
        }
        event.require("channel");
        event.require("id");
        if (event.data.isEmpty()) {
            throw missing("data");
        }
        return event;
    }

    private void require(String name) {
        if (!members.containsKey(name)) {
            throw missing(name);
        }
    }

    /**
     * One item of a batch.
     *
     * @param topic null for where the event came from
     */
    String publishedTo(@Nullable String topic) {
        var item = new StringBuilder("{\"topic\":");
        item.append(Json.encode(topic == null ? members.get("channel") : topic));
        item.append(",\"key\":").append(Json.encode(members.get("id")));
        for (String name : new String[] {"event", "content_type", "encoding"}) {
            String value = members.get(name);
            if (value != null) {
                item.append(",\"").append(name).append("\":").append(Json.encode(value));
            }
        }
        if (!headers.isEmpty()) {
            item.append(",\"headers\":").append(headers);
        }
        return item.append(",\"data\":").append(data).append('}').toString();
    }

    private static PlatformException missing(String name) {
        return new PlatformException(new RequestError.InvalidParameter(name, "is required"));
    }
}
