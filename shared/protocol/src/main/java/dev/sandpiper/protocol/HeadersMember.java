package dev.sandpiper.protocol;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The member {@code headers} of an event: {@code {"name": "text", …}}. What is wrong with one is remembered while it is read, so
 * that reading can go on behind it; only broken JSON is thrown at once.
 */
public final class HeadersMember {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Violation> wrong = new ArrayList<>();

    private HeadersMember() {}

    /** Reads the value of the member whose name was just read, to its end. {@code null} says the same as leaving it out. */
    static HeadersMember read(StrictJson json) {
        var member = new HeadersMember();
        JsonToken first = json.next();
        if (first == JsonToken.START_OBJECT) {
            for (String name = json.nextMember(); name != null; name = json.nextMember()) {
                member.header(json, name);
            }
        } else {
            json.skipCurrent();
            if (first != JsonToken.VALUE_NULL) {
                member.wrong.add(new Violation(EventHeaders.POINTER, "must be an object of strings"));
            }
        }
        return member;
    }

    /** One more than there may be is enough to see that there are too many. */
    private void header(StrictJson json, String name) {
        boolean text = json.next() == JsonToken.VALUE_STRING;
        if (text && values.size() <= EventHeaders.MAX_COUNT) {
            values.put(name, json.text());
            return;
        }
        json.skipCurrent();
        if (!text && wrong.size() < EventHeaders.MAX_COUNT) {
            wrong.add(new Violation(EventHeaders.pointer(name), "must be a string"));
        }
    }

    /**
     * @param member null when the event had none
     * @throws PlatformException with {@code INVALID_HEADERS}
     */
    static EventHeaders headers(@Nullable HeadersMember member) {
        if (member == null) {
            return EventHeaders.NONE;
        }
        if (!member.wrong.isEmpty()) {
            throw new PlatformException(new RequestError.InvalidHeaders(member.wrong));
        }
        return EventHeaders.of(member.values);
    }

    /** Writes the member, or nothing at all when there are no headers. */
    public static JsonBytes optional(JsonBytes json, EventHeaders headers) {
        return headers.isEmpty() ? json : write(json, headers);
    }

    /** Writes the member, {@code {}} when there are no headers. */
    public static JsonBytes write(JsonBytes json, EventHeaders headers) {
        json.name("headers").beginObject();
        headers.asMap().forEach((name, value) -> json.name(name).string(value));
        return json.endObject();
    }
}
