package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedListener;
import java.util.ArrayList;
import java.util.List;

/**
 * One subscription to several topics, in the order of the stream, so that one cursor serves all. While one of its topics lags,
 * because a gap is being filled, the events of the others wait.
 *
 * <p>An event of which nothing told that it was missing (a node that crashed between storing and announcing it, found by a
 * routine check) is delivered when it is found: late among other topics, in order on its own.
 */
final class MergedSubscriber extends Subscriber {
    private final int maxWaiting;
    private final long maxWaitingBytes;
    private final Slot[] slots;
    private final List<StoredEvent> waiting = new ArrayList<>(0);
    private long waitingBytes;
    private int holds;

    MergedSubscriber(FeedHub hub, LoopTable loop, FeedListener listener, int topics, FeedConfig config) {
        super(hub, loop, listener);
        this.maxWaiting = config.mergeEvents();
        this.maxWaitingBytes = config.queueBytes() / 4;
        this.slots = new Slot[topics];
        for (int i = 0; i < topics; i++) {
            slots[i] = new Slot(this);
        }
    }

    /** Its place in one of the topics. */
    private static final class Slot extends Sink {
        private final MergedSubscriber owner;
        private long position;
        private boolean held;

        Slot(MergedSubscriber owner) {
            this.owner = owner;
        }

        @Override
        void accept(StoredEvent event) {
            if (event.cursor() == null) {
                owner.emit(event);
            } else if (event.sequence() > position) {
                position = event.sequence();
                owner.merge(event);
            }
        }

        @Override
        void onHold() {
            if (!held) {
                held = true;
                owner.holds++;
            }
        }

        @Override
        void onRelease() {
            if (held) {
                held = false;
                owner.holds--;
                owner.flushWaiting();
            }
        }

        @Override
        void fail(PlatformError error) {
            owner.fail(error);
        }
    }

    @Override
    void attach(LoopTopic[] topics, long from) {
        for (int i = 0; i < topics.length; i++) {
            slots[i].position = from;
            topics[i].add(slots[i]);
        }
    }

    @Override
    void detach() {
        LoopTopic[] topics = attached;
        if (topics != null) {
            for (int i = 0; i < topics.length; i++) {
                topics[i].remove(slots[i]);
            }
        }
        waiting.clear();
    }

    private void merge(StoredEvent event) {
        if (holds == 0) {
            emit(event);
            return;
        }
        waitingBytes += event.weight();
        if (waiting.size() >= maxWaiting || waitingBytes > maxWaitingBytes) {
            fail(new AvailabilityError.EventStoreUnavailable());
            return;
        }
        int at = waiting.size();
        while (at > 0 && waiting.get(at - 1).sequence() > event.sequence()) {
            at--;
        }
        waiting.add(at, event);
    }

    private void flushWaiting() {
        if (holds > 0 || waiting.isEmpty()) {
            return;
        }
        List<StoredEvent> ready = List.copyOf(waiting);
        waiting.clear();
        waitingBytes = 0;
        for (StoredEvent event : ready) {
            emit(event);
        }
    }
}
