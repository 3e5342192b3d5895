package dev.sandpiper.http;

import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.protocol.Utf8;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Headers that carry text of the client's. */
final class RequestHeaders {
    private static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("idempotency-key");

    private RequestHeaders() {}

    /** Null when there is none. */
    static @Nullable String idempotencyKey(Exchange exchange) {
        return text(exchange, IDEMPOTENCY_KEY);
    }

    /**
     * The value as UTF-8, in which HTTP libraries send what is not ASCII; null when it is missing or empty.
     *
     * @throws PlatformException with {@code INVALID_UTF8}
     */
    static @Nullable String text(Exchange exchange, CharSequence name) {
        String value = exchange.request().headers().get(name);
        return value == null || value.isEmpty() ? null : utf8(value);
    }

    /**
     * What the request says of an event by headers of this prefix, under the names without it, in lower case because case means
     * nothing here.
     *
     * @param prefix in lower case
     * @throws PlatformException with {@code INVALID_HEADERS} or {@code INVALID_UTF8}
     */
    static EventHeaders ofEvent(Exchange exchange, String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : exchange.request().headers()) {
            if (header.getKey().regionMatches(true, 0, prefix, 0, prefix.length())) {
                String name = header.getKey().substring(prefix.length()).toLowerCase(Locale.ROOT);
                if (found.put(name, utf8(header.getValue())) != null) {
                    throw new PlatformException(new RequestError.InvalidHeaders(
                            List.of(new Violation(EventHeaders.pointer(name), "stands there twice"))));
                }
            }
        }
        return EventHeaders.of(found);
    }

    private static String utf8(String value) {
        if (isAscii(value)) {
            return value;
        }
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        if (!Utf8.isWellFormed(bytes, 0, bytes.length)) {
            throw new PlatformException(new RequestError.InvalidUtf8());
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Refuses bodies that are compressed: they would be stored as they are, and nobody would know. */
    static void requirePlainBody(Exchange exchange) {
        MultiMap headers = exchange.request().headers();
        String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.strip().toLowerCase(Locale.ROOT).equals("identity")) {
            throw new PlatformException(new RequestError.UnsupportedMediaType("no Content-Encoding"));
        }
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
