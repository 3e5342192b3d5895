package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.EventFilter;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what matches a filter. What does not moves the client's position all the same: it is told its position once in a
 * while, and after many events, so that a resume does not look at them all again.
 */
final class Filtering extends Stage {
    /** After so many events that do not match the position is told at once. */
    private static final int MANY = 1_000;

    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final EventFilter filter;
    private final long intervalMillis;

    /** Where we are, when the client does not know it. */
    private @Nullable Cursor untold;

    private int passedOver;
    private long timer = NO_TIMER;
    private boolean delivered;

    /** @param interval how long a client may be ignorant of its position; zero to tell it after each batch */
    Filtering(Vertx vertx, EventReceiver next, EventFilter filter, Duration interval) {
        super(next);
        this.vertx = vertx;
        this.filter = filter;
        this.intervalMillis = interval.toMillis();
    }

    @Override
    public void onEvent(StoredEvent event) {
        Cursor cursor = event.cursor();
        if (filter.test(event)) {
            delivered = true;
            if (cursor != null) {
                told();
            }
            next.onEvent(event);
        } else if (cursor != null) {
            untold = cursor;
            passedOver++;
        }
    }

    @Override
    public void onBatchEnd() {
        if (delivered) {
            delivered = false;
            next.onBatchEnd();
        }
        if (untold == null) {
            return;
        }
        if (intervalMillis == 0 || passedOver >= MANY) {
            tell();
        } else if (timer == NO_TIMER) {
            timer = vertx.setTimer(intervalMillis, id -> {
                timer = NO_TIMER;
                tell();
            });
        }
    }

    @Override
    public void onCaughtUp(Cursor position) {
        next.onCaughtUp(position);
        if (untold != null) {
            untold = position;
            tell();
        }
    }

    private void tell() {
        Cursor position = untold;
        if (position != null) {
            told();
            next.onPosition(position);
        }
    }

    private void told() {
        untold = null;
        passedOver = 0;
    }

    @Override
    public void onEnd(Cursor position) {
        stop();
        next.onEnd(position);
    }

    @Override
    public void onFailure(PlatformError error) {
        stop();
        next.onFailure(error);
    }

    @Override
    public void close() {
        stop();
        super.close();
    }

    private void stop() {
        told();
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
