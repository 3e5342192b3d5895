package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides when topics are compared with the stream's leader, because something may have been missed that no live message tells
 * of. Confined to the hub's strand.
 */
final class Verification {
    private static final long RETRY_MILLIS = 50;
    private static final long SUSPICION_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FeedHub hub;
    private final EventStore store;
    private final LeaderQuestions leader;
    private final Collection<HubTopic> topics;
    private final Eras eras;
    private final Set<HubTopic> unverified = new HashSet<>();
    private final Set<HubTopic> merged = new HashSet<>();
    private final ArrayDeque<HubTopic> audit = new ArrayDeque<>();
    private final Duration auditInterval;
    private double auditsDue;
    private long suspectedAt = System.nanoTime();
    private boolean resyncing;

    /** @param topics a view of all that are listened to */
    Verification(
            FeedHub hub,
            EventStore store,
            LeaderQuestions leader,
            Collection<HubTopic> topics,
            LongSupplier breaks,
            Duration auditInterval) {
        this.hub = hub;
        this.store = store;
        this.leader = leader;
        this.topics = topics;
        this.eras = new Eras(breaks);
        this.auditInterval = auditInterval;
    }

    long era() {
        return eras.current();
    }

    /** Whether nothing that may have been missed is still being looked for. */
    boolean isQuiet() {
        return !resyncing && unverified.isEmpty();
    }

    /** Before the topic is told of a live event. */
    void heard(HubTopic topic, StoredEvent event) {
        if (eras.isBroken(event, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()))) {
            endEra();
        }
        // What it says of the event before it covers its own topic.
        topic.vouchedEra = era();
        if (topic.siblingsEra != era()) {
            topic.siblingsEra = era();
            askForSiblings(topic, event.sequence());
        }
    }

    /**
     * Whoever gets this event with a cursor will never ask for anything older, of any of its topics. So nothing older may be
     * missing in those.
     */
    private void askForSiblings(HubTopic topic, long through) {
        for (MergedSubscriber subscriber : topic.merged) {
            LoopTopic[] places = subscriber.attached;
            if (places == null) {
                continue;
            }
            for (LoopTopic place : places) {
                HubTopic sibling = place.topic;
                if (sibling.vouchedEra != era() && sibling.askedEra != era() && !sibling.dropped) {
                    sibling.askedEra = era();
                    sibling.verifyThrough = Math.max(sibling.verifyThrough, through);
                    sibling.state.verify(true);
                }
            }
        }
    }

    private void endEra() {
        for (HubTopic topic : merged) {
            topic.completeThrough = hub.frontier(topic);
        }
        eras.end();
    }

    /** The leader has told of everything on this topic that older eras have stored. */
    void vouched(HubTopic topic, long era) {
        topic.vouchedEra = Math.max(topic.vouchedEra, era);
    }

    void settled(HubTopic topic) {
        unverified.remove(topic);
    }

    void merge(MergedSubscriber subscriber, LoopTopic[] places) {
        for (LoopTopic place : places) {
            place.topic.merged.add(subscriber);
            merged.add(place.topic);
        }
    }

    void unmerge(MergedSubscriber subscriber, LoopTopic[] places) {
        for (LoopTopic place : places) {
            place.topic.merged.remove(subscriber);
            if (place.topic.merged.isEmpty()) {
                merged.remove(place.topic);
            }
        }
    }

    /** Every topic may have missed something. */
    void resync() {
        hub.metrics().resyncs.increment();
        endEra();
        unverified.addAll(topics);
        if (!resyncing) {
            resyncing = true;
            beginRound();
        }
    }

    private void beginRound() {
        leader.fresh(state -> {
            if (state == null) {
                hub.later(RETRY_MILLIS, this::beginRound);
                return;
            }
            resyncing = false;
            // One mark for all, so that topics that share a subscription end up equally far.
            for (HubTopic topic : List.copyOf(topics)) {
                topic.verifyThrough = Math.max(topic.verifyThrough, state.lastSequence());
                topic.state.verify(true);
            }
        });
    }

    /** A live message that cannot be what it claims, unless the stream is another one by now or it was slow to come. */
    void suspect() {
        long now = System.nanoTime();
        if (now - suspectedAt > SUSPICION_NANOS) {
            suspectedAt = now;
            leader.fresh((StreamState state) -> {});
        }
    }

    /** A routine check of all topics in turn, for what nothing else tells of. */
    void auditSome(long sinceMillis) {
        auditsDue += topics.size() * (double) sinceMillis / auditInterval.toMillis();
        while (auditsDue >= 1) {
            auditsDue--;
            HubTopic next = audit.poll();
            if (next == null) {
                audit.addAll(topics);
                return;
            }
            if (!next.dropped && store.connected()) {
                next.state.verify(false);
            }
        }
    }
}
