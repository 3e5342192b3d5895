package dev.sandpiper.runtime.http;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.Utf8;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query of a URI, read strictly: percent-encoding must be right, text well-formed UTF-8, no parameter twice. */
public final class QueryParameters {
    public static final String TICKET = "ticket";

    private static final QueryParameters NONE = new QueryParameters(Map.of());
    private static final Set<String> CREDENTIALS = Set.of(
            "api_key", "apikey", "api-key", "x-api-key", "access_token", "token", "authorization", "auth", "bearer");
    private static final String KEY_PREFIX = "sp_";
    private static final int SHORTEST_KEY = 40;
    private static final int MAX_DIGITS = 6;

    private final Map<String, String> values;

    private QueryParameters(Map<String, String> values) {
        this.values = values;
    }

    /** @throws PlatformException with {@code INVALID_REQUEST}, {@code INVALID_UTF8} or {@code INVALID_PARAMETER} */
    public static QueryParameters of(String uri) {
        int at = uri.indexOf('?');
        if (at < 0 || at == uri.length() - 1) {
            return NONE;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : uri.substring(at + 1).split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (values.put(name, value) != null) {
                throw new PlatformException(new RequestError.InvalidParameter(name, "must not be given twice"));
            }
        }
        return new QueryParameters(values);
    }

    /** Those of a request; whatever is not among {@code known} is refused. */
    public static QueryParameters of(RoutingContext request, Set<String> known) {
        QueryParameters query = of(request.request().uri());
        query.requireOnly(known);
        return query;
    }

    /** Refuses every parameter. */
    public static void requireNone(RoutingContext request) {
        of(request, Set.of());
    }

    /**
     * A whole number from 1 to {@code max}; {@code fallback} when it is missing or empty.
     *
     * @throws PlatformException with {@code INVALID_PARAMETER}
     */
    public int number(String name, int fallback, int max) {
        String text = get(name);
        if (text == null) {
            return fallback;
        }
        boolean digits = text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : 0;
        if (number < 1 || number > max) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "must be from 1 to " + max));
        }
        return number;
    }

    /** Null when it is missing or empty. */
    public @Nullable String get(String name) {
        String value = values.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** As {@link #get}, but empty when it is given and empty. */
    public @Nullable String getOrEmpty(String name) {
        return values.get(name);
    }

    /** Whether there is something that looks like a long-lived credential. */
    public boolean hasCredential() {
        for (Map.Entry<String, String> parameter : values.entrySet()) {
            String value = parameter.getValue();
            if (value.startsWith(KEY_PREFIX) && value.length() >= SHORTEST_KEY) {
                return true;
            }
            if (!value.isEmpty() && CREDENTIALS.contains(parameter.getKey().toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    /** Refuses parameters that the route does not know: a misspelt one would otherwise be lost without a word. */
    public void requireOnly(Set<String> known) {
        for (String name : values.keySet()) {
            if (!name.equals(TICKET) && !known.contains(name)) {
                throw new PlatformException(new RequestError.InvalidParameter(name, "is not known here"));
            }
        }
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return utf8(text.getBytes(StandardCharsets.UTF_8));
        }
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()) {
                    throw malformed();
                }
                int high = Character.digit(text.charAt(i + 1), 16);
                int low = Character.digit(text.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    throw malformed();
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        return utf8(bytes.toByteArray());
    }

    private static String utf8(byte[] bytes) {
        if (!Utf8.isWellFormed(bytes, 0, bytes.length)) {
            throw new PlatformException(new RequestError.InvalidUtf8());
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static PlatformException malformed() {
        return new PlatformException(new RequestError.InvalidRequest("The query is not percent-encoded properly"));
    }
}
