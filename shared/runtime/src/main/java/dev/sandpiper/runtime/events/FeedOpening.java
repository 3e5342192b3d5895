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
 */
public record FeedOpening(
        Cursor cursor, boolean recovered, @Nullable UnrecoveredReason reason) {
    public static FeedOpening at(Cursor cursor) {
        return new FeedOpening(cursor, true, null);
    }

    public static FeedOpening unrecovered(Cursor cursor, UnrecoveredReason reason) {
        return new FeedOpening(cursor, false, reason);
    }
}
