package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a page of keys begins: behind the key with this time and id. Clients hold it as an opaque string. */
record PagePosition(Instant createdAt, String id) {
    static final PagePosition START = new PagePosition(Instant.EPOCH, "");

    /** @throws PlatformException with {@code INVALID_PARAMETER} when {@link #text} did not make it */
    static PagePosition parse(@Nullable String text) {
        if (text == null) {
            return START;
        }
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            int dot = plain.indexOf('.');
            long micros = Long.parseLong(plain.substring(0, Math.max(dot, 0)));
            return new PagePosition(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), plain.substring(dot + 1));
        } catch (IllegalArgumentException e) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("after", "must be the next of an earlier page"), e);
        }
    }

    String text() {
        String plain = ChronoUnit.MICROS.between(Instant.EPOCH, createdAt) + "." + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
    }

    OffsetDateTime time() {
        return createdAt.atOffset(ZoneOffset.UTC);
    }
}
