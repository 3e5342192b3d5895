package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the feed and a receiver and passes everything on; what it does beside that is up to subclasses. Only
 * subscriptions that ask for something have stages: the others hear the feed itself.
 */
abstract class Stage implements EventReceiver, FeedSubscription {
    final EventReceiver next;
    private @Nullable FeedSubscription source;

    Stage(EventReceiver next) {
        this.next = next;
    }

    /** Once, with the subscription that this one listens to. */
    final FeedSubscription on(FeedSubscription subscription) {
        source = subscription;
        return this;
    }

    @Override
    public void onOpen(FeedOpening opening) {
        next.onOpen(opening);
    }

    @Override
    public void onEvent(StoredEvent event) {
        next.onEvent(event);
    }

    @Override
    public void onBatchEnd() {
        next.onBatchEnd();
    }

    @Override
    public void onCaughtUp(Cursor position) {
        next.onCaughtUp(position);
    }

    @Override
    public void onPosition(Cursor position) {
        next.onPosition(position);
    }

    @Override
    public void onEnd(Cursor position) {
        next.onEnd(position);
    }

    @Override
    public void onFailure(PlatformError error) {
        next.onFailure(error);
    }

    @Override
    public final void pauseReplay(boolean paused) {
        if (source != null) {
            source.pauseReplay(paused);
        }
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
    }
}
