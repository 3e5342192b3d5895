package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.Subjects;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds where a subscription begins to read. Confined to the hub's strand. */
final class StartPositions {
    private static final long RETRY_MILLIS = 50;

    private final FeedHub hub;
    private final EventStore store;
    private final LeaderQuestions leader;
    private final HistoryReader history;

    StartPositions(FeedHub hub, EventStore store, LeaderQuestions leader, HistoryReader history) {
        this.hub = hub;
        this.store = store;
        this.leader = leader;
        this.history = history;
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

    /** Finds the newest events of all topics together: in memory, if they are there, or else in the store. */
    void newest(int count, CatchUp catchUp) {
        List<Long> sequences = new ArrayList<>();
        boolean inMemory = true;
        for (HubTopic topic : catchUp.topics) {
            List<StoredEvent> recent = new ArrayList<>();
            topic.ring.copyAfter(topic.ring.completeFrom(), recent);
            recent.forEach(event -> sequences.add(event.sequence()));
            inMemory &= recent.size() >= count;
        }
        if (inMemory) {
            catchUp.located(before(count, sequences));
        } else {
            readNewest(count, catchUp);
        }
    }

    private void readNewest(int count, CatchUp catchUp) {
        List<Future<HistoryPage>> pages = new ArrayList<>();
        for (HubTopic topic : catchUp.topics) {
            Subjects.Address of = topic.address;
            pages.add(history.read(new HistoryRequest(of.tenant(), of.project(), of.topic(), null, null, true, count)));
        }
        Future.all(pages)
                .onComplete(result -> hub.execute(() -> {
                    if (catchUp.done) {
                        return;
                    }
                    if (result.failed()) {
                        hub.later(RETRY_MILLIS, () -> readNewest(count, catchUp));
                        return;
                    }
                    List<Long> sequences = new ArrayList<>();
                    for (Future<HistoryPage> page : pages) {
                        page.result().events().forEach(event -> sequences.add(event.sequence()));
                    }
                    catchUp.located(sequences.isEmpty() ? -1 : before(count, sequences));
                }));
    }

    /** The position before the newest so many. */
    private static long before(int count, List<Long> sequences) {
        sequences.sort(Comparator.reverseOrder());
        return sequences.get(Math.min(count, sequences.size()) - 1) - 1;
    }
}
