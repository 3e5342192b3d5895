package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription to one topic. Small, because there is one per socket and channel. Confined to its event loop, but for the
 * fields that say otherwise.
 */
class Subscriber extends Sink implements FeedSubscription {
    private static final Logger log = LoggerFactory.getLogger(Subscriber.class);

    final LoopTable loop;
    final FeedHub hub;
    private final FeedListener listener;

    /** What it still waits for; null once it is live. Confined to the hub's strand. */
    @Nullable
    CatchUp catchUp;

    /** Where it is attached. Written by the hub's strand before it is handed over. */
    volatile LoopTopic @Nullable [] attached;

    private long position;
    private boolean opened;
    private boolean closed;
    private boolean touched;
    private boolean paused;
    private boolean replayWaits;

    Subscriber(FeedHub hub, LoopTable loop, FeedListener listener) {
        this.hub = hub;
        this.loop = loop;
        this.listener = listener;
    }

    @Override
    public final void pauseReplay(boolean pause) {
        paused = pause;
        if (!pause && replayWaits && !closed) {
            replayWaits = false;
            hub.subscriptions().continueReplay(this);
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            detach();
            hub.subscriptions().close(this);
        }
    }

    final void deliver(Delivery delivery) {
        if (closed) {
            return;
        }
        PlatformError failure = delivery.failure();
        if (failure != null) {
            fail(failure);
            return;
        }
        FeedOpening opening = delivery.opening();
        if (opening != null) {
            open(opening);
        }
        for (StoredEvent event : delivery.events()) {
            if (closed) {
                return;
            }
            replayed(event);
        }
        if (closed) {
            return;
        }
        LoopTopic[] topics = delivery.attach();
        if (topics != null) {
            position = Math.max(position, delivery.from());
            attach(topics, delivery.from());
            caughtUp(delivery.reached());
        } else if (paused) {
            replayWaits = true;
        } else {
            hub.subscriptions().continueReplay(this);
        }
    }

    /** Live events at or below {@code from} were delivered or are not wanted. */
    void attach(LoopTopic[] topics, long from) {
        topics[0].add(this);
    }

    void detach() {
        LoopTopic[] topics = attached;
        if (topics != null) {
            topics[0].remove(this);
        }
    }

    @Override
    void accept(StoredEvent event) {
        if (event.cursor() == null || event.sequence() > position) {
            emit(event);
        }
    }

    void replayed(StoredEvent event) {
        emit(event);
    }

    /** Sequence of the newest event that was delivered, or where the subscription began. */
    final long position() {
        return position;
    }

    @Override
    void onHold(long at) {}

    @Override
    void onRelease() {}

    final void emit(StoredEvent event) {
        if (closed) {
            return;
        }
        if (event.sequence() > position) {
            position = event.sequence();
        }
        if (!touched) {
            touched = true;
            loop.touch(this);
        }
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            expel(e);
        }
    }

    @Override
    final void fail(PlatformError error) {
        if (closed) {
            return;
        }
        flush();
        if (closed) {
            return;
        }
        close();
        hub.metrics().failures.increment();
        try {
            listener.onFailure(error);
        } catch (Throwable e) {
            log.atError().setCause(e).log("A feed listener threw when its subscription failed");
        }
    }

    final void endBatch() {
        touched = false;
        if (!closed) {
            flush();
        }
    }

    private void flush() {
        try {
            listener.onBatchEnd();
        } catch (Throwable e) {
            expel(e);
        }
    }

    private void open(FeedOpening opening) {
        if (opened) {
            throw new IllegalStateException("a subscription opens once");
        }
        opened = true;
        position = opening.cursor().sequence();
        try {
            listener.onOpen(opening);
        } catch (Throwable e) {
            expel(e);
        }
    }

    private void caughtUp(@Nullable Cursor reached) {
        if (reached == null) {
            return;
        }
        try {
            listener.onCaughtUp(reached);
        } catch (Throwable e) {
            expel(e);
        }
    }

    /** A listener that throws has lost its place: others must not suffer, and it must not go on with a gap. */
    private void expel(Throwable fault) {
        if (closed) {
            log.atError().setCause(fault).log("A feed listener threw after its subscription was closed");
            return;
        }
        log.atError().setCause(fault).log("A feed listener threw; its subscription ends");
        close();
        hub.metrics().failures.increment();
        try {
            listener.onFailure(new AvailabilityError.Internal());
        } catch (Throwable e) {
            log.atError().setCause(e).log("A feed listener threw when its subscription failed");
        }
    }
}
