package dev.sandpiper.cells;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.StartPosition;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that follows its tenant: when that leaves a stream, it goes on in the other after the last event that it has delivered, and
 * the receiver notices nothing. Of one event loop.
 */
final class FollowingSubscription implements FeedSubscription, FeedListener {
    private final CellFeed feed;
    private final ContextInternal context;
    private final FeedRequest request;
    private final FeedListener listener;
    private @Nullable FeedSubscription current;
    /** Everything up to here was delivered; null before the first stream has opened. */
    private @Nullable Cursor position;

    private boolean caughtUp;
    private boolean paused;
    private boolean closed;

    FollowingSubscription(CellFeed feed, ContextInternal context, FeedRequest request, FeedListener listener) {
        this.feed = feed;
        this.context = context;
        this.request = request;
        this.listener = listener;
    }

    /** From the beginning, or from where it is. On its context. */
    void begin() {
        Cursor from = position;
        StartPosition start = from == null ? request.start() : new StartPosition.After(from);
        feed.place(request.tenant(), start).onComplete(place -> {
            if (closed) {
                return;
            }
            if (place.succeeded()) {
                var moved = new FeedRequest(
                        request.tenant(),
                        request.project(),
                        request.topics(),
                        place.result().start());
                FeedSubscription begun = place.result().feed().subscribe(moved, this);
                current = begun;
                if (paused) {
                    begun.pauseReplay(true);
                }
            } else {
                fail(
                        place.cause() instanceof PlatformException known
                                ? known.error()
                                : new AvailabilityError.Internal());
            }
        });
    }

    private void fail(PlatformError error) {
        closed = true;
        listener.onFailure(error);
    }

    @Override
    public void onOpen(FeedOpening opening) {
        if (position == null) {
            position = opening.cursor();
            listener.onOpen(opening);
        } else if (!opening.recovered()) {
            close();
            listener.onFailure(new ConnectionEnd.HistoryTrimmed());
        }
    }

    @Override
    public void onEvent(StoredEvent event) {
        Cursor cursor = event.cursor();
        if (cursor != null) {
            position = cursor;
        }
        listener.onEvent(event);
    }

    @Override
    public void onBatchEnd() {
        listener.onBatchEnd();
    }

    @Override
    public void onCaughtUp(Cursor reached) {
        position = reached;
        if (!caughtUp) {
            caughtUp = true;
            listener.onCaughtUp(reached);
        }
    }

    @Override
    public void onFailure(PlatformError error) {
        current = null;
        if (closed) {
            return;
        }
        if (error instanceof ConnectionEnd.StreamMoved) {
            context.runOnContext(v -> begin());
        } else {
            fail(error);
        }
    }

    @Override
    public void pauseReplay(boolean pause) {
        paused = pause;
        FeedSubscription open = current;
        if (open != null) {
            open.pauseReplay(pause);
        }
    }

    @Override
    public void close() {
        closed = true;
        FeedSubscription open = current;
        if (open != null) {
            open.close();
        }
    }
}
