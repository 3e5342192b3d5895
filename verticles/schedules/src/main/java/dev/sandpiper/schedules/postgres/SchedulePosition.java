package dev.sandpiper.schedules.postgres;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a page begins: behind the schedule with this time and id. Clients hold it as an opaque string. */
record SchedulePosition(Instant deliverAt, String id) {
    private static final SchedulePosition START = new SchedulePosition(Instant.EPOCH, "");

    /** @throws PlatformException with {@code INVALID_PARAMETER} when {@link #text} did not make it */
    static SchedulePosition parse(@Nullable String text) {
        if (text == null) {
            return START;
        }
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            int dot = plain.indexOf('.');
            long micros = Long.parseLong(plain.substring(0, Math.max(dot, 0)));
            return new SchedulePosition(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), plain.substring(dot + 1));
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("after", "must be the next of an earlier page"), e);
        }
    }

    String text() {
        String plain = ChronoUnit.MICROS.between(Instant.EPOCH, deliverAt) + "." + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
    }

    OffsetDateTime time() {
        return deliverAt.atOffset(ZoneOffset.UTC);
    }
}
