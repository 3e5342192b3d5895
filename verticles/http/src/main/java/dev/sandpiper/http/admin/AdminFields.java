package dev.sandpiper.http.admin;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values in the bodies and queries of administrative requests. Whatever is wrong is an {@code INVALID_PARAMETER} that names it. */
final class AdminFields {
    private static final int MAX_NAME = 200;
    private static final int MAX_ITEMS = 100;
    private static final int MAX_ITEM = 300;

    private AdminFields() {}

    static TenantId tenant(String parameter, String text) {
        try {
            return new TenantId(text);
        } catch (IllegalArgumentException e) {
            throw fault(parameter, "is no tenant id", e);
        }
    }

    static ProjectId project(String parameter, String text) {
        try {
            return new ProjectId(text);
        } catch (IllegalArgumentException e) {
            throw fault(parameter, "is no project id", e);
        }
    }

    static String name(String member, String text) {
        return text(member, text, MAX_NAME);
    }

    static String text(String member, String text, int max) {
        if (text.isBlank() || text.length() > max || !text.codePoints().allMatch(AdminFields::isPrintable)) {
            throw fault(member, "must be 1 to " + max + " printable characters");
        }
        return text;
    }

    /** Moves over an array of strings, each there once. */
    static List<String> strings(String member, StrictJson json) {
        if (json.next() != JsonToken.START_ARRAY) {
            throw fault(member, "must be an array of strings");
        }
        return currentStrings(member, json);
    }

    /** Likewise, or null when it is {@code null}. */
    static @Nullable List<String> stringsOrNull(String member, StrictJson json) {
        JsonToken first = json.next();
        if (first == JsonToken.VALUE_NULL) {
            return null;
        }
        if (first != JsonToken.START_ARRAY) {
            throw fault(member, "must be an array of strings");
        }
        return currentStrings(member, json);
    }

    static List<String> currentStrings(String member, StrictJson json) {
        Set<String> items = new LinkedHashSet<>();
        for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
            if (token != JsonToken.VALUE_STRING) {
                throw fault(member, "must be an array of strings");
            }
            if (!items.add(text(member, json.text(), MAX_ITEM))) {
                throw fault(member, "has an item twice");
            }
            if (items.size() > MAX_ITEMS) {
                throw fault(member, "must have at most " + MAX_ITEMS + " items");
            }
        }
        return List.copyOf(items);
    }

    static @Nullable Instant future(String member, @Nullable String text, Instant now) {
        if (text == null) {
            return null;
        }
        Instant time = Timestamps.parse(member, text);
        if (!time.isAfter(now)) {
            throw fault(member, "must be in the future");
        }
        return time;
    }

    static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }

    static PlatformException fault(String parameter, String reason, Throwable cause) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason), cause);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
