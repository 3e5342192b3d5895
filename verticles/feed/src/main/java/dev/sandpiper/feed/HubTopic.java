package dev.sandpiper.feed;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One topic that this node listens to: where it stands, its newest events, who is interested. Confined to the hub's strand. */
final class HubTopic implements TopicState.Actions {
    private static final LoopTopic[] NOWHERE = {};

    final Subjects.Address address;
    final String storedSubject;
    final String liveSubject;
    final TopicState state;
    final Ring ring;
    private final FeedHub hub;

    /** Subscriptions, opening or open. */
    int interest;

    /** In nanoseconds, when {@link #interest} became 0. */
    long idleSince;

    /** Nobody will be told anything about this topic any more: another object may stand for it by now. */
    boolean dropped;

    /** Sequence of the newest event ever seen on this topic, 0 for none. */
    long lastEvent;

    /** The topic's events up to here were removed, as far as this node has heard: nothing of them belongs into the ring. */
    long trimmedThrough;

    /** Whether a question to the leader is on its way. */
    boolean asking;

    /** Whether the leader is being asked a second time, because what it knew had not been heard yet. */
    boolean rechecked;

    /** Whether it had no event when it was opened, and the stream's end has been asked for because of that. */
    boolean foundEmpty;

    /** Whether a gap is being filled. */
    boolean refilling;

    /** The latest era in which this topic was heard, or the leader asked about it: see {@link Eras}. */
    long vouchedEra;

    /** The latest era in which the leader was asked because a sibling was heard. */
    long askedEra;

    /** The latest era in which its siblings were made sure of. */
    long siblingsEra;

    /** Up to where this topic was complete when the last era ended, if what is said of eras is true. */
    long completeThrough;

    /** Attached subscriptions to this topic and others, which are its siblings. */
    final Set<MergedSubscriber> merged = new HashSet<>(0);

    /** A position that a routine check has to reach, for {@link #readLast}. */
    long verifyThrough;

    private LoopTopic[] loops = NOWHERE;
    private @Nullable List<CatchUp> waiting;
    private @Nullable List<SharedRead> reads;

    // In the list of topics whose ring holds something, the coldest first: see RingBudget.
    @Nullable
    HubTopic colder;

    @Nullable
    HubTopic warmer;

    boolean listed;

    HubTopic(FeedHub hub, FeedConfig config, Subjects.Address address, String storedSubject, String liveSubject) {
        this.hub = hub;
        this.address = address;
        this.storedSubject = storedSubject;
        this.liveSubject = liveSubject;
        this.state = new TopicState(this, config.bufferEvents(), config.ringBytes() * 8);
        this.ring = new Ring(config.ringEvents(), config.ringBytes());
    }

    /** One page that several subscriptions wait for. */
    static final class SharedRead {
        final long after;
        final List<CatchUp> waiting = new ArrayList<>(1);

        SharedRead(long after) {
            this.after = after;
        }

        StoreReader.Purpose purpose() {
            return waiting.stream().allMatch(CatchUp::isOpened)
                    ? StoreReader.Purpose.REPLAY
                    : StoreReader.Purpose.RESUME;
        }
    }

    void ephemeral(StoredEvent event) {
        send(event);
    }

    @Override
    public void deliver(StoredEvent event) {
        lastEvent = Math.max(lastEvent, event.sequence());
        int bytes = ring.bytes();
        int events = ring.size();
        ring.add(event);
        hub.ringChanged(this, ring.bytes() - bytes, ring.size() - events);
        send(event);
        if (state.isRefilling()) {
            hub.metrics().refilledEvents.increment();
        }
    }

    private void send(StoredEvent event) {
        for (LoopTopic loop : loops) {
            if (!loop.loop.offer(loop, event)) {
                hub.overflow(loop.loop);
            }
        }
    }

    /** Counts; for any thread. */
    void delivered(int receivers) {
        hub.metrics().delivered(address.tenant(), receivers);
    }

    @Override
    public void duplicate(StoredEvent event) {
        hub.metrics().duplicates.increment();
        if (!ring.holds(event)) {
            hub.verification().suspect();
        }
    }

    @Override
    public void hold() {
        LoopTable.Hold hold = new LoopTable.Hold(Math.max(state.position(), completeThrough));
        for (LoopTopic loop : loops) {
            loop.loop.insist(loop, hold);
        }
    }

    @Override
    public void release() {
        LoopTable.Release release = new LoopTable.Release();
        for (LoopTopic loop : loops) {
            loop.loop.insist(loop, release);
        }
    }

    @Override
    public void settled() {
        hub.verification().settled(this);
        wakeWaiting();
    }

    @Override
    public void read(long after, long through, long proof) {
        hub.refill(this, after, through, proof);
    }

    @Override
    public void readLast() {
        hub.askLeader(this);
    }

    @Override
    public void opened(long newest) {
        lastEvent = newest;
        ring.reset(newest > 0 ? newest : state.position());
    }

    /** Calls {@link CatchUp#step} when something about this topic has changed. */
    void await(CatchUp catchUp) {
        List<CatchUp> list = waiting;
        if (list == null) {
            list = new ArrayList<>(1);
            waiting = list;
        }
        list.add(catchUp);
    }

    void wakeWaiting() {
        List<CatchUp> list = waiting;
        if (list != null) {
            waiting = null;
            list.forEach(CatchUp::step);
        }
    }

    /** A page under way that serves whoever stands at {@code position}, if there is one. */
    @Nullable
    SharedRead readServing(long position) {
        List<SharedRead> list = reads;
        if (list != null) {
            for (SharedRead read : list) {
                if (read.after <= position) {
                    return read;
                }
            }
        }
        return null;
    }

    SharedRead startRead(long after) {
        List<SharedRead> list = reads;
        if (list == null) {
            list = new ArrayList<>(1);
            reads = list;
        }
        SharedRead read = new SharedRead(after);
        list.add(read);
        return read;
    }

    void endRead(SharedRead read) {
        List<SharedRead> list = reads;
        if (list != null) {
            list.remove(read);
            if (list.isEmpty()) {
                reads = null;
            }
        }
    }

    /** Takes older events, that end where the ring begins, into the ring if they fit. */
    void prepend(List<StoredEvent> older, long from) {
        int bytes = ring.bytes();
        int events = ring.size();
        if (ring.prepend(older, from)) {
            hub.ringChanged(this, ring.bytes() - bytes, ring.size() - events);
        }
    }

    /** Events were removed: whoever resumes must not get them from memory. */
    void trim(long through) {
        if (through <= trimmedThrough) {
            return;
        }
        trimmedThrough = through;
        int bytes = ring.bytes();
        int events = ring.size();
        ring.dropThrough(through);
        hub.ringChanged(this, ring.bytes() - bytes, ring.size() - events);
    }

    LoopTopic on(LoopTable loop) {
        for (LoopTopic known : loops) {
            if (known.loop == loop) {
                return known;
            }
        }
        LoopTopic added = new LoopTopic(this, loop, state.isHolding() ? state.position() : LoopTopic.NOT_HELD);
        LoopTopic[] more = new LoopTopic[loops.length + 1];
        System.arraycopy(loops, 0, more, 0, loops.length);
        more[loops.length] = added;
        loops = more;
        return added;
    }

    void detached(LoopTopic loop) {
        if (--loop.attached > 0) {
            return;
        }
        List<LoopTopic> left = new ArrayList<>(List.of(loops));
        left.remove(loop);
        loops = left.toArray(NOWHERE);
    }

    /** Ends every subscription, on one loop or, when null, on all. */
    void failSubscribers(PlatformError error, @Nullable LoopTable only) {
        for (LoopTopic loop : loops) {
            if (only == null || loop.loop == only) {
                loop.loop.insist(loop, error);
            }
        }
    }
}
