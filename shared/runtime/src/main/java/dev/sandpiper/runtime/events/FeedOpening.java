package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription stands at its start.
 *
 * @param cursor the position before the first event that will be delivered
 * @param recovered whether every event after the requested cursor will be delivered; true for a subscription that asked
 *     for no cursor
 * @param reason why not, null when recovered; reading then goes on live from {@code cursor}
 * @param oldest when trimmed, the oldest position that could be continued from at that moment; otherwise null
 */
public record FeedOpening(
        Cursor cursor,
        boolean recovered,
        @Nullable UnrecoveredReason reason,
        @Nullable Cursor oldest) {
    public static FeedOpening at(Cursor cursor) {
        return new FeedOpening(cursor, true, null, null);
    }

    public static FeedOpening unrecovered(Cursor cursor, UnrecoveredReason reason) {
        return new FeedOpening(cursor, false, reason, null);
    }

    /** @param oldest position that could be continued from */
    public static FeedOpening trimmed(Cursor cursor, Cursor oldest) {
        return new FeedOpening(cursor, false, UnrecoveredReason.TRIMMED, oldest);
    }
}
