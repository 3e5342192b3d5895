package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the feed and a listener whose client wants the newest events only: so many a second of each topic at most, the
 * newest of those that came meanwhile. What is passed on keeps the order of the stream, so a cursor moves past what was left
 * out, and the last event of a topic always arrives.
 */
final class Conflation implements FeedListener, FeedSubscription {
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final FeedListener listener;
    private final LongConsumer leftOut;
    private final long intervalNanos;
    /** In the order in which they came. */
    private final Map<Topic, StoredEvent> newest = new LinkedHashMap<>(2);

    private @Nullable FeedSubscription feed;
    private long dueAt = System.nanoTime();
    private long timer = NO_TIMER;
    private long skipped;
    private boolean closed;

    /**
     * @param perSecond at least 1
     * @param leftOut told how many events were, now and then
     */
    Conflation(Vertx vertx, FeedListener listener, int perSecond, LongConsumer leftOut) {
        this.vertx = vertx;
        this.listener = listener;
        this.leftOut = leftOut;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Once, with the subscription that this one listens to. */
    Conflation on(FeedSubscription subscription) {
        feed = subscription;
        return this;
    }

    @Override
    public void onOpen(FeedOpening opening) {
        listener.onOpen(opening);
    }

    @Override
    public void onEvent(StoredEvent event) {
        if (newest.remove(event.topic()) != null) {
            skipped++;
        }
        newest.put(event.topic(), event);
    }

    @Override
    public void onBatchEnd() {
        if (newest.isEmpty() || timer != NO_TIMER) {
            return;
        }
        long early = dueAt - System.nanoTime();
        if (early <= 0) {
            passOn();
        } else {
            timer = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(early) + 1, id -> {
                timer = NO_TIMER;
                passOn();
            });
        }
    }

    @Override
    public void onCaughtUp(Cursor position) {
        // The position says that everything before it was delivered.
        passOn();
        listener.onCaughtUp(position);
    }

    @Override
    public void onFailure(PlatformError error) {
        passOn();
        end();
        listener.onFailure(error);
    }

    private void passOn() {
        if (newest.isEmpty() || closed) {
            return;
        }
        dueAt = System.nanoTime() + intervalNanos;
        List<StoredEvent> events = List.copyOf(newest.values());
        newest.clear();
        leftOut.accept(skipped);
        skipped = 0;
        for (StoredEvent event : events) {
            if (closed) {
                return;
            }
            listener.onEvent(event);
        }
        listener.onBatchEnd();
    }

    @Override
    public void pauseReplay(boolean paused) {
        if (feed != null) {
            feed.pauseReplay(paused);
        }
    }

    @Override
    public void close() {
        end();
        if (feed != null) {
            feed.close();
        }
    }

    private void end() {
        closed = true;
        newest.clear();
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
