package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Stands between the feed and a listener whose client wants the newest events only: so many a second of each topic at most, the
 * newest of those that came meanwhile. What is passed on keeps the order of the stream, so a cursor moves past what was left
 * out, and the last event of a topic always arrives.
 */
final class Conflation extends Stage {
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final LongConsumer leftOut;
    private final long intervalNanos;
    /** In the order in which they came. */
    private final Map<Topic, StoredEvent> newest = new LinkedHashMap<>(2);

    private long dueAt = System.nanoTime();
    private long timer = NO_TIMER;
    private long skipped;
    private boolean closed;

    /**
     * @param perSecond at least 1
     * @param leftOut told how many events were, now and then
     */
    Conflation(Vertx vertx, EventReceiver next, int perSecond, LongConsumer leftOut) {
        super(next);
        this.vertx = vertx;
        this.leftOut = leftOut;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
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
        next.onCaughtUp(position);
    }

    @Override
    public void onPosition(Cursor position) {
        // What waits comes with its own cursor, which must not be behind the client's.
        if (newest.isEmpty()) {
            next.onPosition(position);
        }
    }

    @Override
    public void onEnd(Cursor position) {
        passOn();
        end();
        next.onEnd(position);
    }

    @Override
    public void onFailure(PlatformError error) {
        passOn();
        end();
        next.onFailure(error);
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
            next.onEvent(event);
        }
        next.onBatchEnd();
    }

    @Override
    public void close() {
        end();
        super.close();
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
