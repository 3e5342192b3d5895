package dev.sandpiper.sockets;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose client says what it has dealt with. When too many events wait for that, it leaves the feed, and comes back
 * after the last event that it passed on once the client has caught up: so what is not acknowledged costs no memory but their
 * sequences.
 */
final class Acknowledging implements EventReceiver, FeedSubscription {
    private final SocketLoop loop;
    private final Reading reading;
    private final WebSocketSubscription next;
    private final int maxUnacked;
    private final @Nullable HeldPosition position;
    private final boolean resumed;
    private final UnackedEvents unacked = new UnackedEvents();

    private @Nullable FeedSubscription source;
    private @Nullable FeedOpening trimmed;
    /** Up to where everything was passed on; null before the subscription is open. */
    private @Nullable Cursor last;

    private boolean replayPaused;
    private boolean ended;

    /**
     * @param position under a name, null without one
     * @param resumed whether the reading begins at that position as it was found
     */
    Acknowledging(
            SocketLoop loop,
            Reading reading,
            WebSocketSubscription next,
            int maxUnacked,
            @Nullable HeldPosition position,
            boolean resumed) {
        this.loop = loop;
        this.reading = reading;
        this.next = next;
        this.maxUnacked = maxUnacked;
        this.position = position;
        this.resumed = resumed;
    }

    Acknowledging start() {
        source = loop.subscribe(reading, this);
        if (position != null) {
            position.onLost(() -> loop.context().runOnContext(v -> lost()));
        }
        return this;
    }

    static PlatformError taken(HeldPosition position) {
        return new ConflictError.PositionTaken(position.place().subscriber());
    }

    int maxUnacked() {
        return maxUnacked;
    }

    /** Null for a subscription without a name. */
    @Nullable
    Boolean resumed() {
        return position == null ? null : (Boolean) resumed;
    }

    /** @throws PlatformException when the client was not sent that far */
    void ack(Cursor cursor) {
        Cursor reached = last;
        if (reached == null || cursor.epoch() != reached.epoch() || cursor.sequence() > reached.sequence()) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("cursor", "is not of an event that was sent on this channel"));
        }
        unacked.removeThrough(cursor.sequence());
        if (position != null) {
            Cursor before = position.acked();
            if (before == null || before.sequence() < cursor.sequence()) {
                position.ack(cursor);
            }
        }
        if (source == null && !ended && unacked.size() <= maxUnacked / 2) {
            next.onReplay();
            source = loop.subscribe(reading.after(reached), this);
            source.pauseReplay(replayPaused);
        }
    }

    @Override
    public void onOpen(FeedOpening opening) {
        if (last != null) {
            if (!opening.recovered()) {
                // It was removed while the client made us wait.
                fail(new ConnectionEnd.HistoryTrimmed());
            }
            return;
        }
        Cursor oldest = opening.oldest();
        if (resumed && opening.reason() == UnrecoveredReason.TRIMMED && oldest != null) {
            // What is left was not acknowledged either.
            leave();
            trimmed = opening;
            source = loop.subscribe(reading.after(oldest), this);
            source.pauseReplay(replayPaused);
            return;
        }
        last = opening.cursor();
        FeedOpening before = trimmed;
        next.onOpen(
                before == null ? opening : new FeedOpening(opening.cursor(), false, before.reason(), before.oldest()));
    }

    @Override
    public void onEvent(StoredEvent event) {
        next.onEvent(event);
        Cursor cursor = event.cursor();
        if (cursor == null || ended) {
            return;
        }
        last = cursor;
        unacked.add(cursor.sequence());
        if (unacked.size() >= maxUnacked) {
            leave();
            loop.metrics().waitsForAcks();
            next.onBatchEnd();
        }
    }

    @Override
    public void onBatchEnd() {
        next.onBatchEnd();
    }

    @Override
    public void onCaughtUp(Cursor reached) {
        last = reached;
        next.onCaughtUp(reached);
    }

    @Override
    public void onPosition(Cursor reached) {
        last = reached;
        next.onPosition(reached);
    }

    @Override
    public void onEnd(Cursor reached) {
        last = reached;
        close();
        next.onEnd(reached);
    }

    @Override
    public void onFailure(PlatformError error) {
        source = null;
        close();
        next.onFailure(error);
    }

    private void fail(PlatformError error) {
        close();
        next.onFailure(error);
    }

    private void lost() {
        if (!ended && position != null) {
            fail(taken(position));
        }
    }

    private void leave() {
        FeedSubscription left = source;
        source = null;
        if (left != null) {
            left.close();
        }
    }

    @Override
    public void pauseReplay(boolean paused) {
        replayPaused = paused;
        if (source != null) {
            source.pauseReplay(paused);
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            leave();
            if (position != null) {
                position.release();
            }
        }
    }
}
