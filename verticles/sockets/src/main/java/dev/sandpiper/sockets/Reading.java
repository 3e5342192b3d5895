package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.StartPosition;
import org.jspecify.annotations.Nullable;

/**
 * How a client wants to read.
 *
 * @param end after which nothing is wanted, null to go on for ever
 * @param filter null for every event
 * @param maxRate events a second of each topic, the newest ones; 0 for every event
 */
record Reading(
        FeedRequest request,
        @Nullable EndPosition end,
        @Nullable EventFilter filter,
        int maxRate) {
    /** The same from another start on. */
    Reading after(Cursor cursor) {
        var from =
                new FeedRequest(request.tenant(), request.project(), request.topics(), new StartPosition.After(cursor));
        return new Reading(from, end, filter, maxRate);
    }

    boolean isPlain() {
        return end == null && filter == null && maxRate == 0;
    }
}
