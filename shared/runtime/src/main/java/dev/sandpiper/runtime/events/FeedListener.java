package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
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

    /**
     * Once, when replay is over: every stored event of these topics up to {@code position} has been delivered, and what
     * follows is live. For quiet topics the position is past the last event, so that whoever resumes from it does not
     * fall behind retention.
     */
    default void onCaughtUp(Cursor position) {}

    /** The subscription ended by itself; nothing follows. Not called after {@link FeedSubscription#close()}. */
    void onFailure(PlatformError error);
}
