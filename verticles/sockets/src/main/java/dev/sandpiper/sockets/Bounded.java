package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends a subscription at its bound: with the first event beyond it or, on a quiet topic, when the store says that nothing is left
 * before it.
 */
final class Bounded extends Stage {
    private static final long AGAIN_MILLIS = 500;
    private static final long NO_TIMER = -1;

    /** Clocks differ a little: an event may be stored with a time that is past here already. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Feed feed;
    private final FeedRequest request;
    private final EndPosition end;
    private @Nullable Cursor reached;
    private long timer = NO_TIMER;
    private boolean over;

    Bounded(Vertx vertx, Feed feed, FeedRequest request, EndPosition end, EventReceiver next) {
        super(next);
        this.vertx = vertx;
        this.feed = feed;
        this.request = request;
        this.end = end;
    }

    @Override
    public void onOpen(FeedOpening opening) {
        if (end instanceof EndPosition.Through bound
                && bound.cursor().epoch() != opening.cursor().epoch()) {
            close();
            next.onFailure(new RequestError.InvalidCursor());
            return;
        }
        reached = opening.cursor();
        next.onOpen(opening);
    }

    @Override
    public void onEvent(StoredEvent event) {
        if (over) {
            return;
        }
        if (end.excludes(event)) {
            next.onBatchEnd();
            finish();
            return;
        }
        Cursor cursor = event.cursor();
        if (cursor != null) {
            reached = cursor;
        }
        next.onEvent(event);
    }

    @Override
    public void onBatchEnd() {
        if (!over) {
            next.onBatchEnd();
        }
    }

    @Override
    public void onCaughtUp(Cursor position) {
        if (over) {
            return;
        }
        reached = position;
        next.onCaughtUp(position);
        switch (end) {
            case EndPosition.Through bound -> {
                if (position.sequence() >= bound.cursor().sequence()) {
                    finish();
                } else {
                    look();
                }
            }
            case EndPosition.Before bound -> {
                long wait = Duration.between(Instant.now(), bound.time().plus(GRACE))
                        .toMillis();
                later(Math.max(1, wait));
            }
        }
    }

    /** Asks the store, which knows for certain, whether something is left before the bound. */
    private void look() {
        Cursor from = reached;
        List<Future<HistoryPage>> pages = new ArrayList<>();
        for (Topic topic : request.topics()) {
            pages.add(feed.history(new HistoryRequest(
                    request.tenant(),
                    request.project(),
                    TopicPattern.of(topic),
                    from,
                    null,
                    end,
                    null,
                    false,
                    1,
                    false)));
        }
        Future.all(pages).onComplete(result -> {
            if (over) {
                return;
            }
            boolean nothing = result.succeeded()
                    && pages.stream().allMatch(page -> page.result().events().isEmpty());
            if (nothing) {
                finish();
            } else {
                later(AGAIN_MILLIS);
            }
        });
    }

    private void later(long millis) {
        timer = vertx.setTimer(millis, id -> {
            timer = NO_TIMER;
            look();
        });
    }

    private void finish() {
        Cursor last = end instanceof EndPosition.Through bound ? bound.cursor() : reached;
        close();
        if (last != null) {
            next.onEnd(last);
        }
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
        over = true;
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
