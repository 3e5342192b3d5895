package dev.sandpiper.audit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a target may stand in an entry: no secrets, nothing endless, and no number that JSON readers disagree about. A secret is
 * told by the name of its member, and an API key by its looks.
 */
final class Redaction {
    static final String HIDDEN = "***";

    /** Of a value as JSON; longer ones are told by their hash. Making a canonical text of them would take too long on an event loop. */
    static final int LONGEST = 32 * 1024;

    private static final Pattern SECRET = Pattern.compile(
            "(?i)key|.*(secret|passw|passphrase|token|authorization|credential|cookie|hmac|pepper|private|api_?key|signing).*");

    private static final Pattern API_KEY = Pattern.compile("sp_[a-z][a-z0-9]{0,11}_[0-9A-Za-z]{16}_[0-9A-Za-z]+");
    private static final Pattern URL_PASSWORD = Pattern.compile("(?<=://)[^/\\s@]*:[^/\\s@]*@");

    /** Beyond it two integers may be one and the same number in JSON. */
    private static final long EXACT = (1L << 53) - 1;

    private Redaction() {}

    static @Nullable JsonObject of(@Nullable JsonObject json) {
        if (json == null) {
            return null;
        }
        JsonObject clean = members(json);
        String text = clean.encode();
        return text.length() <= LONGEST
                ? clean
                : new JsonObject()
                        .put("omitted_bytes", Canonical.utf8(text).length)
                        .put("sha256", Canonical.hex(Canonical.sha256(text)));
    }

    private static JsonObject members(JsonObject json) {
        var clean = new JsonObject();
        for (Map.Entry<String, Object> member : json) {
            boolean hide =
                    member.getValue() != null && SECRET.matcher(member.getKey()).matches();
            clean.put(member.getKey(), hide ? HIDDEN : value(member.getValue()));
        }
        return clean;
    }

    private static @Nullable Object value(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return members(object);
        }
        if (value instanceof JsonArray array) {
            var clean = new JsonArray();
            array.forEach(item -> clean.add(value(item)));
            return clean;
        }
        if (value instanceof String text) {
            return URL_PASSWORD
                    .matcher(API_KEY.matcher(text).replaceAll(HIDDEN))
                    .replaceAll(HIDDEN + "@");
        }
        if (value instanceof Long number && (number > EXACT || number < -EXACT)) {
            return number.toString();
        }
        return value;
    }
}
