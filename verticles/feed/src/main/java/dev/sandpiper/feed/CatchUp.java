package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way of one subscription from its start position to live: page by page from the store until the rings of all its topics
 * cover the rest, then one last hand-over out of the rings that is atomic with being attached. Confined to the hub's strand.
 */
final class CatchUp {
    private static final Comparator<StoredEvent> STREAM_ORDER = Comparator.comparingLong(StoredEvent::sequence);

    final Subscriber subscriber;
    final HubTopic[] topics;
    final long deadline;
    private final FeedHub hub;
    private final StartPosition start;
    private final @Nullable Segment[] segments;
    /** For a start by time: what was removed of each topic before reading began, which nobody misses. -1 for unknown. */
    private final long[] removedBefore;

    private @Nullable UnrecoveredReason unrecovered;
    private @Nullable FeedOpening opening;
    private long position = -1;
    private long oldest;
    private int reading;
    private boolean opened;
    private boolean delivering;
    private boolean missed;
    private boolean proven;
    boolean done;

    /** What was read of one topic: all of its events in a range that ends at {@code through}, those delivered included. */
    private record Segment(List<StoredEvent> events, long through) {}

    CatchUp(FeedHub hub, Subscriber subscriber, HubTopic[] topics, StartPosition start, long deadline) {
        this.hub = hub;
        this.subscriber = subscriber;
        this.topics = topics;
        this.start = start;
        this.deadline = deadline;
        this.segments = new @Nullable Segment[topics.length];
        this.removedBefore = new long[topics.length];
        Arrays.fill(removedBefore, start instanceof StartPosition.From ? -1 : 0);
    }

    /** Goes on from a position, of a subscription that has been open and live. */
    static CatchUp rejoining(FeedHub hub, Subscriber subscriber, HubTopic[] topics, long position) {
        StartPosition start = new StartPosition.After(new Cursor(hub.epoch(), position));
        CatchUp catchUp = new CatchUp(hub, subscriber, topics, start, 0);
        catchUp.position = position;
        catchUp.opened = true;
        catchUp.proven = true;
        return catchUp;
    }

    boolean isOpened() {
        return opened;
    }

    /** Goes on as far as possible. Whatever it has to wait for calls this again. */
    void step() {
        if (done || reading > 0 || delivering) {
            return;
        }
        for (HubTopic topic : topics) {
            if (topic.state.isOpening()) {
                topic.await(this);
                return;
            }
        }
        if (position < 0) {
            locate();
        } else if (frontierReached() && isProven()) {
            advance();
        }
    }

    /**
     * A topic that has an event at or before the cursor has lost nothing after it, because events go from the front. A topic
     * without any cannot tell, so that somebody else has to be asked, once.
     */
    private boolean isProven() {
        if (proven || !(start instanceof StartPosition.After)) {
            return true;
        }
        proven = true;
        List<HubTopic> empty =
                Stream.of(topics).filter(topic -> topic.lastEvent == 0).toList();
        reading += empty.size();
        empty.forEach(topic -> hub.prove(topic, this));
        return empty.isEmpty();
    }

    /** @param first sequence of the topic that was not removed */
    void proven(long first) {
        reading--;
        if (done) {
            return;
        }
        if (first - 1 > position) {
            oldest = Math.max(oldest, first - 1);
            unrecovered = UnrecoveredReason.TRIMMED;
        }
        if (reading == 0) {
            if (unrecovered != null) {
                startLive(unrecovered);
            } else {
                step();
            }
        }
    }

    /** Finds the position to start from. */
    private void locate() {
        switch (start) {
            case StartPosition.Live live -> startLive(null);
            case StartPosition.After after -> hub.starts().judge(after.cursor(), this);
            case StartPosition.From from -> {
                reading++;
                hub.starts().locate(from.time(), this);
            }
            case StartPosition.Newest newest -> {
                reading++;
                hub.starts().newest(newest.count(), this);
            }
        }
    }

    /** The start position is a sequence that can be read on from, as far as the stream's identity goes. */
    void startAfter(long sequence) {
        if (!done) {
            position = sequence;
            opening = FeedOpening.at(new Cursor(hub.epoch(), sequence));
            step();
        }
    }

    /** @param why reading cannot begin where it was asked to */
    void startLive(@Nullable UnrecoveredReason why) {
        if (done) {
            return;
        }
        long newest = newestPosition();
        unrecovered = why;
        Cursor cursor = new Cursor(hub.epoch(), newest);
        opening = opening(cursor, why);
        position = newest;
        attach(List.of());
    }

    private FeedOpening opening(Cursor cursor, @Nullable UnrecoveredReason why) {
        if (why == UnrecoveredReason.TRIMMED) {
            return FeedOpening.trimmed(cursor, new Cursor(hub.epoch(), oldest));
        }
        return why == null ? FeedOpening.at(cursor) : FeedOpening.unrecovered(cursor, why);
    }

    /** The first event that is wanted is known to come after {@code sequence}; negative when there is no such event. */
    void located(long sequence) {
        reading--;
        if (sequence < 0) {
            startLive(null);
        } else {
            startAfter(sequence);
        }
    }

    /**
     * Among several topics, none may be behind what another has delivered already, or one cursor could not serve them all. A
     * single topic has no such worry.
     */
    private boolean frontierReached() {
        if (topics.length == 1) {
            return true;
        }
        long newest = newestPosition();
        for (HubTopic topic : topics) {
            if (!topic.state.isLive()) {
                topic.await(this);
                return false;
            }
            if (hub.frontier(topic) < newest) {
                topic.await(this);
                hub.verifyThrough(topic, newest);
                return false;
            }
        }
        return true;
    }

    private long newestPosition() {
        long newest = 0;
        for (HubTopic topic : topics) {
            newest = Math.max(newest, topic.state.position());
        }
        return newest;
    }

    private void advance() {
        boolean covered = true;
        for (int i = 0; i < topics.length; i++) {
            HubTopic topic = topics[i];
            if (isCovered(topic)) {
                continue;
            }
            covered = false;
            Segment segment = segments[i];
            if (segment == null || segment.through <= position) {
                segments[i] = null;
                reading++;
            }
        }
        if (covered) {
            attach(fromRings());
            return;
        }
        if (reading == 0) {
            deliverSegments();
            return;
        }
        missed = true;
        // Asking may answer at once, so first count, then ask.
        for (int i = 0; i < topics.length; i++) {
            if (segments[i] == null && !isCovered(topics[i])) {
                hub.read(topics[i], position, this);
            }
        }
    }

    private boolean isCovered(HubTopic topic) {
        return topic.state.position() <= position || topic.ring.covers(position);
    }

    /**
     * A page that was waited for.
     *
     * @param events the topic's, up to and including {@code through}; possibly some before the position
     * @param first sequence that was not removed when, or after, the page was read, 0 when the page proves itself whole
     */
    void page(HubTopic topic, List<StoredEvent> events, long through, long first) {
        reading--;
        if (done) {
            return;
        }
        int place = List.of(topics).indexOf(topic);
        if (removedBefore[place] < 0) {
            removedBefore[place] = Math.max(0, first - 1);
        }
        if (first - 1 > Math.max(position, removedBefore[place])) {
            oldest = Math.max(oldest, first - 1);
            if (opened) {
                hub.subscriptions().fail(subscriber, new ConnectionEnd.HistoryTrimmed());
            } else if (reading == 0) {
                startLive(UnrecoveredReason.TRIMMED);
            } else {
                unrecovered = UnrecoveredReason.TRIMMED;
            }
            return;
        }
        segments[place] = new Segment(events, through);
        if (reading == 0) {
            if (unrecovered != null) {
                startLive(unrecovered);
            } else {
                step();
            }
        }
    }

    /** Delivers what is complete for all topics. */
    private void deliverSegments() {
        long bound = Long.MAX_VALUE;
        for (int i = 0; i < topics.length; i++) {
            Segment segment = segments[i];
            bound = Math.min(
                    bound, isCovered(topics[i]) || segment == null ? hub.frontier(topics[i]) : segment.through);
        }
        List<StoredEvent> events = new ArrayList<>();
        for (int i = 0; i < topics.length; i++) {
            Segment segment = segments[i];
            if (isCovered(topics[i])) {
                List<StoredEvent> newer = new ArrayList<>();
                topics[i].ring.copyAfter(position, newer);
                addThrough(bound, newer, events);
            } else if (segment != null) {
                addThrough(bound, segment.events, events);
            }
        }
        if (topics.length > 1) {
            events.sort(STREAM_ORDER);
        }
        position = Math.max(position, bound);
        delivering = true;
        send(new Delivery(takeOpening(), events, null, 0, null, null));
    }

    private void addThrough(long bound, List<StoredEvent> from, List<StoredEvent> to) {
        for (StoredEvent event : from) {
            if (event.sequence() > position && event.sequence() <= bound) {
                to.add(event);
            }
        }
    }

    /** The subscription has taken what it was given. */
    void delivered() {
        delivering = false;
        step();
    }

    private List<StoredEvent> fromRings() {
        List<StoredEvent> events = new ArrayList<>();
        for (HubTopic topic : topics) {
            topic.ring.copyAfter(position, events);
        }
        if (topics.length > 1) {
            events.sort(STREAM_ORDER);
        }
        return events;
    }

    private void attach(List<StoredEvent> events) {
        done = true;
        if (!(start instanceof StartPosition.Live)) {
            (missed ? hub.metrics().ringMisses : hub.metrics().ringHits).increment();
        }
        LoopTopic[] places = hub.subscriptions().attach(subscriber, topics);
        hub.subscriptions().caughtUp(this);
        send(new Delivery(takeOpening(), events, places, position, reached(events), null));
    }

    /**
     * Up to where nothing is left to deliver, which for quiet topics is past their last event. Only what the leader has vouched
     * for: a client may resume from here without ever having seen an event of this topic.
     */
    private Cursor reached(List<StoredEvent> delivered) {
        long vouched = Long.MAX_VALUE;
        for (HubTopic topic : topics) {
            vouched = Math.min(vouched, topic.state.position());
        }
        long last = delivered.isEmpty()
                ? position
                : delivered.get(delivered.size() - 1).sequence();
        return new Cursor(hub.epoch(), Math.max(Math.max(position, last), vouched));
    }

    private void send(Delivery delivery) {
        if (!subscriber.loop.offer(subscriber, delivery)) {
            hub.subscriptions().fail(subscriber, new AvailabilityError.EventStoreUnavailable());
            hub.overflow(subscriber.loop);
        }
    }

    private @Nullable FeedOpening takeOpening() {
        FeedOpening first = opening;
        opening = null;
        opened = true;
        return first;
    }
}
