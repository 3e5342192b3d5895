package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.EventStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Reads what live topics and resuming subscriptions lack, and makes sure of it: that no replica that lags has answered for the
 * leader, and that retention has not taken anything away in between. Confined to the hub's strand.
 */
final class TopicReads {
    private static final long RETRY_MILLIS = 30;

    private final FeedHub hub;
    private final EventStore store;
    private final StoreReader reader;
    private final LeaderQuestions leader;
    private final int pageEvents;

    TopicReads(FeedHub hub, EventStore store, StoreReader reader, LeaderQuestions leader, int pageEvents) {
        this.hub = hub;
        this.store = store;
        this.reader = reader;
        this.leader = leader;
        this.pageEvents = pageEvents;
    }

    /** As {@link TopicState.Actions#read}. */
    void refill(HubTopic topic, long after, long through, long proof) {
        if (!topic.refilling) {
            topic.refilling = true;
            hub.metrics().refills.increment();
        }
        reader.page(Source.of(topic), hub.epoch(), after, pageEvents, StoreReader.Purpose.REFILL)
                .onComplete(result -> hub.execute(() -> {
                    if (topic.dropped) {
                        return;
                    }
                    if (result.failed()) {
                        hub.later(RETRY_MILLIS, () -> refillAgain(topic, after, through, proof));
                        return;
                    }
                    Page page = result.result();
                    checkTrimmed(topic, page, first -> {
                        if (topic.dropped) {
                            return;
                        }
                        if (first < 0) {
                            hub.later(RETRY_MILLIS, () -> refillAgain(topic, after, through, proof));
                        } else if (first > after + 1) {
                            hub.lost(topic);
                        } else {
                            refilled(topic, page, through, proof);
                        }
                    });
                }));
    }

    private void refillAgain(HubTopic topic, long after, long through, long proof) {
        if (!topic.dropped) {
            refill(topic, after, through, proof);
        }
    }

    private void refilled(HubTopic topic, Page page, long through, long proof) {
        boolean complete = page.reaches(Math.min(proof, through + 1));
        if (complete || page.seen() > page.after()) {
            topic.refilling = !complete;
            topic.state.page(page.events(), page.seen(), complete);
            return;
        }
        // Nothing, although there is something: a replica that lags, or it has been deleted since.
        ifStillStored(
                proof, () -> hub.later(RETRY_MILLIS, () -> refillAgain(topic, page.after(), through, proof)), () -> {
                    if (!topic.dropped) {
                        topic.refilling = false;
                        topic.state.page(List.of(), page.after(), true);
                    }
                });
    }

    /** Reads what comes after a position; the answer goes to {@link CatchUp#page}. */
    void replay(HubTopic topic, long position, CatchUp catchUp) {
        HubTopic.SharedRead underWay = topic.readServing(position);
        if (underWay != null) {
            underWay.waiting.add(catchUp);
            return;
        }
        HubTopic.SharedRead read = topic.startRead(position);
        read.waiting.add(catchUp);
        send(topic, read);
    }

    private void send(HubTopic topic, HubTopic.SharedRead read) {
        if (topic.dropped || read.waiting.stream().allMatch(waiting -> waiting.done)) {
            topic.endRead(read);
            return;
        }
        reader.page(Source.of(topic), hub.epoch(), read.after, pageEvents, StoreReader.Purpose.REPLAY)
                .onComplete(result -> hub.execute(() -> {
                    if (result.failed()) {
                        hub.later(RETRY_MILLIS, () -> send(topic, read));
                        return;
                    }
                    Page page = result.result();
                    checkTrimmed(topic, page, first -> {
                        if (first < 0) {
                            hub.later(RETRY_MILLIS, () -> send(topic, read));
                        } else {
                            replayed(topic, read, page, first);
                        }
                    });
                }));
    }

    private void replayed(HubTopic topic, HubTopic.SharedRead read, Page page, long first) {
        if (topic.dropped) {
            topic.endRead(read);
            return;
        }
        // What proves that the page joins what is known of the topic here.
        long witness = topic.ring.size() > 0 ? topic.ring.firstSequence() : topic.lastEvent;
        if (page.reaches(witness)) {
            joined(topic, read, page, first);
        } else if (page.seen() > page.after()) {
            answer(topic, read, page.events(), page.seen(), first);
        } else {
            ifStillStored(
                    witness,
                    () -> hub.later(RETRY_MILLIS, () -> send(topic, read)),
                    () -> joined(topic, read, page, first));
        }
    }

    /** The page reaches to where the ring begins. */
    private void joined(HubTopic topic, HubTopic.SharedRead read, Page page, long first) {
        long joint = topic.ring.completeFrom();
        List<StoredEvent> older = new ArrayList<>();
        for (StoredEvent event : page.events()) {
            if (event.sequence() <= joint) {
                older.add(event);
            }
        }
        if (first <= page.after() + 1 && page.after() < joint && page.after() >= topic.trimmedThrough) {
            topic.prepend(older, page.after());
        }
        answer(topic, read, older, Math.max(joint, page.after()), first);
    }

    private static void answer(
            HubTopic topic, HubTopic.SharedRead read, List<StoredEvent> events, long through, long first) {
        topic.endRead(read);
        for (CatchUp waiting : read.waiting) {
            waiting.page(topic, events, through, first);
        }
    }

    /**
     * Tells the first sequence that is not removed at a moment after the page was read, from the whole stream or from the topic
     * alone; 0 if that does not matter, -1 if it is unknown.
     */
    private void checkTrimmed(HubTopic topic, Page page, LongConsumer then) {
        if (page.anchored()) {
            then.accept(0);
            return;
        }
        first(topic, then);
    }

    private void first(HubTopic topic, LongConsumer then) {
        Future<Long> mark = store.trims().of(topic.address);
        leader.fresh(state -> mark.onComplete(result -> hub.execute(() -> then.accept(
                state == null || result.failed() ? -1 : Math.max(state.firstSequence(), result.result() + 1)))));
    }

    /** Tells {@link CatchUp#proven} from where on nothing of a topic was removed. */
    void prove(HubTopic topic, CatchUp catchUp) {
        first(topic, first -> {
            if (catchUp.done) {
                return;
            }
            if (first < 0) {
                hub.later(RETRY_MILLIS, () -> prove(topic, catchUp));
            } else {
                catchUp.proven(first);
            }
        });
    }

    private void ifStillStored(long sequence, Runnable yes, Runnable no) {
        if (sequence == 0) {
            no.run();
            return;
        }
        store.read(sequence)
                .onComplete(result -> hub.execute(() -> {
                    if (result.failed() || result.result() != null) {
                        yes.run();
                    } else {
                        no.run();
                    }
                }));
    }
}
