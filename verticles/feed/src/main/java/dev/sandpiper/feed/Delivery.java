package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedOpening;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the hub hands to one subscription on its loop.
 *
 * @param opening when it is the first
 * @param events in order
 * @param attach the topics from which it receives live events from now on, null while it is still being replayed to
 * @param from live events at or below this were delivered or are not wanted
 * @param reached with {@code attach}: all of its topics' events up to here were delivered
 * @param failure ends the subscription
 */
record Delivery(
        @Nullable FeedOpening opening,
        List<StoredEvent> events,
        LoopTopic @Nullable [] attach,
        long from,
        @Nullable Cursor reached,
        @Nullable PlatformError failure) {
    static Delivery failed(PlatformError error) {
        return new Delivery(null, List.of(), null, 0, null, error);
    }
}
