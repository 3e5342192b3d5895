package dev.sandpiper.protocol;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What begins and ends of reading have to do with each other, on every way in. */
public final class ReadingRange {
    private ReadingRange() {}

    /** Whether an {@code until} is a time: a cursor has no colon, and every RFC 3339 time has. */
    public static boolean isTime(String until) {
        return until.indexOf(':') >= 0;
    }

    /** @throws PlatformException with {@code INVALID_PARAMETER} when {@code until} is before {@code from} */
    public static void check(@Nullable Instant from, Instant until) {
        if (from != null && until.isBefore(from)) {
            throw beforeBegin("from");
        }
    }

    /** @throws PlatformException with {@code INVALID_PARAMETER} when {@code until} is before {@code since} in the same stream */
    public static void check(@Nullable Cursor since, Cursor until) {
        if (since != null && since.epoch() == until.epoch() && until.sequence() < since.sequence()) {
            throw beforeBegin("since");
        }
    }

    private static PlatformException beforeBegin(String begin) {
        return new PlatformException(new RequestError.InvalidParameter("until", "must not be before " + begin));
    }
}
