package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.nats.EventStore;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Finds where a subscription begins to read. Confined to the hub's strand. */
final class StartPositions {
    private static final long RETRY_MILLIS = 50;

    private final FeedHub hub;
    private final EventStore store;
    private final LeaderQuestions leader;

    StartPositions(FeedHub hub, EventStore store, LeaderQuestions leader) {
        this.hub = hub;
        this.store = store;
        this.leader = leader;
    }

    /** Whether a cursor can be read on from. */
    void judge(Cursor cursor, CatchUp catchUp) {
        long known = Math.max(hub.heard(), store.state().lastSequence());
        if (cursor.epoch() == hub.epoch() && cursor.sequence() <= known) {
            catchUp.startAfter(cursor.sequence());
            return;
        }
        // Another node may know more.
        leader.fresh(state -> {
            if (catchUp.done) {
                return;
            }
            if (state == null) {
                hub.later(RETRY_MILLIS, () -> judge(cursor, catchUp));
            } else if (cursor.epoch() != hub.epoch() || cursor.sequence() > state.lastSequence()) {
                catchUp.startLive(UnrecoveredReason.EPOCH_CHANGED);
            } else {
                catchUp.startAfter(cursor.sequence());
            }
        });
    }

    /** Finds the first event of any of the topics at or after a time. */
    void locate(Instant time, CatchUp catchUp) {
        List<Future<Long>> found = new ArrayList<>();
        for (HubTopic topic : catchUp.topics) {
            found.add(LeaderQuestions.firstFrom(store, topic.storedSubject, time));
        }
        Future.all(found)
                .onComplete(result -> hub.execute(() -> {
                    if (catchUp.done) {
                        return;
                    }
                    if (result.failed()) {
                        hub.later(RETRY_MILLIS, () -> locate(time, catchUp));
                        return;
                    }
                    long first = Long.MAX_VALUE;
                    for (Future<Long> one : found) {
                        first = one.result() > 0 ? Math.min(first, one.result()) : first;
                    }
                    catchUp.located(first == Long.MAX_VALUE ? -1 : first - 1);
                }));
    }
}
