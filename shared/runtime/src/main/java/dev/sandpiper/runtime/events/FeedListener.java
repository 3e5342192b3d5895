package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;

/** Receives a subscription's events, on the event loop that opened it. Must not block and must not throw. */
public interface FeedListener {
    /** Once, before any event. */
    void onOpen(FeedOpening opening);

    /** One event. Do not flush yet: others may follow at once, and {@link #onBatchEnd()} comes after the last. */
    void onEvent(StoredEvent event);

    /** After the last event of a batch: the moment to flush. */
    void onBatchEnd();

    /** The subscription ended by itself; nothing follows. Not called after {@link FeedSubscription#close()}. */
    void onFailure(PlatformError error);
}
