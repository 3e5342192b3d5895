package dev.sandpiper.feed;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.FeedListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One subscription to several topics, in the order of the stream, so that one cursor serves all. While one of its topics lags,
 * because a gap is being filled, the events of the others wait; when too many wait, they are forgotten and read from the store
 * once the gap is filled.
 *
 * <p>An event of which nothing told that it was missing, found by a routine check, is delivered when it is found: late among
 * other topics, in order on its own.
 */
final class MergedSubscriber extends Subscriber {
    private final int maxWaiting;
    private final long maxWaitingBytes;
    private final Slot[] slots;
    private final List<StoredEvent> waiting = new ArrayList<>(0);
    private final Map<Topic, Long> lagging = new HashMap<>(0);
    private long waitingBytes;
    private long repeatsThrough;
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

        /** Where it stood when it last was held while no event of any topic could be delivered, -1 when that is not so. */
        private long lagsFrom = -1;

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
        void onHold(long at) {
            if (!held) {
                held = true;
                owner.holds++;
            }
            if (lagsFrom < 0) {
                lagsFrom = at;
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
        repeatsThrough = 0;
        lagging.clear();
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
        forgetWaiting();
    }

    private void merge(StoredEvent event) {
        if (holds == 0) {
            emit(event);
            return;
        }
        waitingBytes += event.weight();
        if (waiting.size() >= maxWaiting || waitingBytes > maxWaitingBytes) {
            rejoin();
            return;
        }
        int at = waiting.size();
        while (at > 0 && waiting.get(at - 1).sequence() > event.sequence()) {
            at--;
        }
        waiting.add(at, event);
    }

    private void flushWaiting() {
        if (holds > 0) {
            return;
        }
        for (Slot slot : slots) {
            slot.lagsFrom = -1;
        }
        if (waiting.isEmpty()) {
            return;
        }
        List<StoredEvent> ready = List.copyOf(waiting);
        forgetWaiting();
        for (StoredEvent event : ready) {
            emit(event);
        }
    }

    private void forgetWaiting() {
        waiting.clear();
        waitingBytes = 0;
    }

    /** Leaves its topics, and comes back to them by reading the store. */
    private void rejoin() {
        forgetWaiting();
        repeatsThrough = position();
        lagging.clear();
        long from = repeatsThrough;
        LoopTopic[] topics = attached;
        for (int i = 0; i < slots.length; i++) {
            Slot slot = slots[i];
            if (slot.lagsFrom >= 0 && topics != null) {
                lagging.put(topics[i].topic.address.topic(), slot.lagsFrom);
                from = Math.min(from, slot.lagsFrom);
            }
            slot.held = false;
            slot.lagsFrom = -1;
        }
        holds = 0;
        detach();
        hub.subscriptions().rejoin(this, from);
    }

    /** Reading again begins where the topic that lagged most stood. Of the others some was delivered before they had to wait. */
    @Override
    void replayed(StoredEvent event) {
        if (event.sequence() > repeatsThrough
                || event.sequence() > lagging.getOrDefault(event.topic(), repeatsThrough)) {
            emit(event);
        }
    }
}
