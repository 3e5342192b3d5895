package dev.sandpiper.consumers;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.config.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the bodies of requests have in common. */
final class Members {
    private Members() {}

    static List<String> strings(StrictJson json, String member, int max) {
        if (json.next() != JsonToken.START_ARRAY) {
            throw fault(member, "must be an array of strings");
        }
        List<String> items = new ArrayList<>();
        for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
            if (token != JsonToken.VALUE_STRING) {
                throw fault(member, "must be an array of strings");
            }
            if (items.size() == max) {
                throw fault(member, "must have at most " + max + " items");
            }
            items.add(json.text());
        }
        return items;
    }

    static int wholeNumber(StrictJson json, String member) {
        long value = json.wholeNumber(member);
        if (value != (int) value) {
            throw fault(member, "is out of range");
        }
        return (int) value;
    }

    /** Such as {@code 30s}. */
    static Duration duration(String member, String text) {
        Duration duration = Durations.parse(text);
        if (duration == null) {
            throw fault(member, "must be a duration such as 500ms, 30s, 5m or 1h");
        }
        return duration;
    }

    static PlatformException unknown(String member) {
        return fault(member.length() > 64 ? member.substring(0, 64) : member, "is not known here");
    }

    static PlatformException fault(String member, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(member, reason));
    }
}
