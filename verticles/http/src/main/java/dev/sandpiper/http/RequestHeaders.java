package dev.sandpiper.http;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.Utf8;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
        if (value == null || value.isEmpty() || isAscii(value)) {
            return value == null || value.isEmpty() ? null : value;
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
