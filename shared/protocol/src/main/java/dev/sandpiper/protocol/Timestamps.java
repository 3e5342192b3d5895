package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Times on the wire: RFC 3339, written in UTC with milliseconds where they are not zero. */
public final class Timestamps {
    private Timestamps() {}

    public static String format(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /**
     * @param parameter what to name in the error
     * @throws PlatformException with {@link RequestError.InvalidParameter}; years before 1970 and after 9999 are refused
     */
    public static Instant parse(String parameter, String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            int year = time.withOffsetSameInstant(ZoneOffset.UTC).getYear();
            if (year >= 1970 && year <= 9_999) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            throw new PlatformException(fault(parameter), e);
        }
        throw new PlatformException(fault(parameter));
    }

    private static PlatformError fault(String parameter) {
        return new RequestError.InvalidParameter(parameter, "must be an RFC 3339 time such as 2026-01-25T09:00:00Z");
    }
}
