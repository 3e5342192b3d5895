package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamState;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node listens to, and whom it tells. Holds one core subscription per topic that somebody on this node wants, and
 * knows after every live message whether one was missed. Everything here runs on one {@link Strand}; methods say so when they
 * may be called from elsewhere.
 */
final class FeedHub {
    private static final Logger log = LoggerFactory.getLogger(FeedHub.class);
    private static final long TICK_MILLIS = 50;
    private static final long SUSPICION_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Vertx vertx;
    private final EventStore store;
    private final FeedConfig config;
    private final FeedMetrics metrics;
    private final Strand strand;
    private final Dispatcher live;
    private final LeaderQuestions leader;
    private final TopicReads reads;
    private final StartPositions starts;
    private final RingBudget budget;
    private final Map<String, HubTopic> topics = new HashMap<>();
    private final Set<HubTopic> unverified = new HashSet<>();
    private final Set<CatchUp> catchUps = new HashSet<>();
    private final ArrayDeque<CatchUp> opening = new ArrayDeque<>();
    private final ArrayDeque<HubTopic> idle = new ArrayDeque<>();
    private final ArrayDeque<HubTopic> audit = new ArrayDeque<>();
    private final Runnable endResync;
    private int epoch;
    private long heard;
    private long droppedBefore;
    private long suspectedAt;
    private double auditsDue;
    private long timer;
    private boolean resyncing;
    private boolean closed;
    private volatile int topicCount;
    private volatile int replays;

    FeedHub(
            Vertx vertx,
            EventStore store,
            FeedConfig config,
            FeedMetrics metrics,
            StoreReader reader,
            ExecutorService thread) {
        this.vertx = vertx;
        this.store = store;
        this.config = config;
        this.metrics = metrics;
        this.strand = new Strand(thread);
        this.leader = new LeaderQuestions(this, store);
        this.reads = new TopicReads(this, store, reader, leader, config.pageEvents());
        this.starts = new StartPositions(this, store, leader);
        this.budget = new RingBudget(config.ringTotalBytes());
        this.epoch = store.epoch();
        this.suspectedAt = System.nanoTime();
        this.live = store.connection().createDispatcher(this::onMessage);
        this.endResync = store.onResync(() -> strand.execute(this::resync));
        metrics.gauge("topics", "Topics listened to", this, hub -> hub.topicCount);
        metrics.gauge("replays", "Subscriptions that have not caught up yet", this, hub -> hub.replays);
        metrics.gauge("ring.bytes", "Bytes of recent events in memory", budget, RingBudget::bytes);
        metrics.gauge("ring.events", "Recent events in memory", budget, RingBudget::events);
    }

    void start() {
        timer = vertx.setPeriodic(TICK_MILLIS, id -> strand.execute(this::tick));
    }

    /** From an event loop. */
    void open(FeedRequest request, Subscriber subscriber) {
        strand.execute(() -> {
            if (closed) {
                subscriber.loop.insist(subscriber, Delivery.failed(new AvailabilityError.EventStoreUnavailable()));
                return;
            }
            HubTopic[] wanted = new HubTopic[request.topics().size()];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = topic(new Subjects.Address(
                        request.tenant(), request.project(), request.topics().get(i)));
                wanted[i].interest++;
            }
            long deadline = System.nanoTime() + config.openTimeout().toNanos();
            CatchUp catchUp = new CatchUp(this, subscriber, wanted, request.start(), deadline);
            subscriber.catchUp = catchUp;
            opening.add(catchUp);
            catchUps.add(catchUp);
            replays = catchUps.size();
            catchUp.step();
        });
    }

    /** From an event loop. */
    void close(Subscriber subscriber) {
        strand.execute(() -> {
            CatchUp catchUp = subscriber.catchUp;
            LoopTopic[] attached = subscriber.attached;
            if (catchUp != null) {
                catchUp.done = true;
                caughtUp(catchUp);
                for (HubTopic topic : catchUp.topics) {
                    leave(topic);
                }
            } else if (attached != null) {
                for (LoopTopic place : attached) {
                    place.topic.detached(place);
                    leave(place.topic);
                }
            }
        });
    }

    /** From an event loop: the subscriber has taken what it was given. */
    void continueReplay(Subscriber subscriber) {
        strand.execute(() -> {
            CatchUp catchUp = subscriber.catchUp;
            if (catchUp != null) {
                catchUp.delivered();
            }
        });
    }

    /** From any thread: succeeds when nothing that may have been missed is still being looked for. */
    Future<Void> caughtUp() {
        Promise<Void> answer = Promise.promise();
        strand.execute(() -> {
            if (closed || resyncing || !unverified.isEmpty() || !store.connected()) {
                answer.fail(StoreReader.unavailable(null));
            } else {
                answer.complete();
            }
        });
        return answer.future();
    }

    /** From any thread. */
    void close() {
        vertx.cancelTimer(timer);
        endResync.run();
        strand.execute(() -> {
            if (!closed) {
                closed = true;
                store.connection().closeDispatcher(live);
                failEverybody(new ConnectionEnd.ShuttingDown(Duration.ZERO));
            }
        });
    }

    FeedMetrics metrics() {
        return metrics;
    }

    int epoch() {
        return epoch;
    }

    /** The highest sequence heard live: whatever is stored at or below has been announced to live topics. */
    long heard() {
        return heard;
    }

    /** Runs a task in the strand; from any thread. */
    void execute(Runnable task) {
        strand.execute(task);
    }

    /** Runs a task in the strand later; from any thread. */
    void later(long millis, Runnable task) {
        vertx.setTimer(millis, id -> strand.execute(task));
    }

    // Live.

    private void onMessage(Message message) {
        if (strand.tryEnter()) {
            try {
                hear(message);
            } catch (RuntimeException e) {
                log.atError()
                        .addKeyValue("subject", message.getSubject())
                        .setCause(e)
                        .log("A live message failed");
            } finally {
                strand.leave();
            }
        } else {
            strand.executeOrWait(() -> hear(message));
        }
    }

    private void hear(Message message) {
        HubTopic topic = topics.get(message.getSubject());
        if (topic == null) {
            return;
        }
        StoredEvent event;
        try {
            event = store.codec().decode(message, topic.address, epoch);
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("subject", message.getSubject())
                    .setCause(e)
                    .log("Skipping what is no event");
            return;
        }
        if (event.cursor() == null) {
            topic.ephemeral(event);
            return;
        }
        metrics.liveEvents.increment();
        heard = Math.max(heard, event.sequence());
        topic.state.live(event, EventCodec.previousSequence(message));
    }

    /**
     * Up to where a topic is known to be complete. Live messages come in stream order over all topics, so hearing one tells
     * that no older one of another topic is on its way.
     */
    long frontier(HubTopic topic) {
        long position = topic.state.position();
        return topic.state.isLive() ? Math.max(position, heard) : position;
    }

    /** A routine comparison with the leader, which also moves the position of a quiet topic. */
    void verifyThrough(HubTopic topic, long sequence) {
        topic.verifyThrough = Math.max(topic.verifyThrough, sequence);
        topic.state.verify(false);
    }

    void askLeader(HubTopic topic) {
        leader.ask(topic);
    }

    void refill(HubTopic topic, long after, long through, long proof) {
        reads.refill(topic, after, through, proof);
    }

    void read(HubTopic topic, long position, CatchUp catchUp) {
        reads.replay(topic, position, catchUp);
    }

    StartPositions starts() {
        return starts;
    }

    void ringChanged(HubTopic topic, int bytes, int events) {
        budget.changed(topic, bytes, events);
    }

    // Suspicion.

    /** A live message that cannot be what it claims, unless the stream is another one by now or it was slow to come. */
    void suspect(HubTopic topic, StoredEvent event) {
        long now = System.nanoTime();
        if (now - suspectedAt > SUSPICION_NANOS) {
            suspectedAt = now;
            leader.fresh(state -> {});
        }
    }

    /** Every topic may have missed something. */
    private void resync() {
        if (closed) {
            return;
        }
        metrics.resyncs.increment();
        for (HubTopic topic : topics.values()) {
            unverified.add(topic);
        }
        if (!resyncing) {
            resyncing = true;
            beginRound();
        }
    }

    private void beginRound() {
        leader.fresh(state -> {
            if (state == null) {
                later(TICK_MILLIS, this::beginRound);
                return;
            }
            resyncing = false;
            // One mark for all, so that topics that share a subscription end up equally far.
            for (HubTopic topic : List.copyOf(topics.values())) {
                topic.verifyThrough = Math.max(topic.verifyThrough, state.lastSequence());
                topic.state.verify(true);
            }
        });
    }

    void verified(HubTopic topic) {
        unverified.remove(topic);
    }

    /** Each answer of the leader about the stream comes by here. */
    void observe(StreamState state, long heardBefore) {
        boolean lostTail = state.epoch() == epoch && state.lastSequence() < heardBefore;
        if (state.epoch() == epoch && !lostTail) {
            return;
        }
        log.atError()
                .addKeyValue("reason", lostTail ? "tail lost" : "epoch changed")
                .log("The event stream is not the one it was; every subscription starts anew");
        epoch = state.epoch();
        heard = 0;
        failEverybody(new ConnectionEnd.HistoryTrimmed());
    }

    /** Retention removed events that nobody on this node has seen yet. */
    void lost(HubTopic topic) {
        log.atError().addKeyValue("subject", topic.storedSubject).log("Events were removed before they were delivered");
        failTopic(topic, new ConnectionEnd.HistoryTrimmed());
    }

    void fail(Subscriber subscriber, PlatformError error) {
        CatchUp catchUp = subscriber.catchUp;
        if (catchUp != null) {
            catchUp.done = true;
        }
        subscriber.loop.insist(subscriber, Delivery.failed(error));
    }

    /** An event loop that does not keep up loses its subscriptions rather than the node its memory. */
    void overflow(LoopTable loop) {
        if (!loop.announceOverflow()) {
            return;
        }
        metrics.overflows.increment();
        log.atError().addKeyValue("loop", loop.number).log("An event loop is too far behind; its subscriptions end");
        for (HubTopic topic : topics.values()) {
            topic.failSubscribers(new AvailabilityError.EventStoreUnavailable(), loop);
        }
    }

    private void failEverybody(PlatformError error) {
        for (HubTopic topic : List.copyOf(topics.values())) {
            failTopic(topic, error);
        }
    }

    private void failTopic(HubTopic topic, PlatformError error) {
        topic.failSubscribers(error, null);
        for (CatchUp catchUp : catchUps) {
            if (!catchUp.done && List.of(catchUp.topics).contains(topic)) {
                fail(catchUp.subscriber, error);
            }
        }
        drop(topic);
    }

    // Interest.

    private HubTopic topic(Subjects.Address address) {
        String subject = store.subjects().live(address.tenant(), address.project(), address.topic());
        HubTopic known = topics.get(subject);
        if (known != null) {
            return known;
        }
        String stored = store.subjects().stored(address.tenant(), address.project(), address.topic());
        HubTopic topic = new HubTopic(this, config, address, stored, subject);
        topics.put(subject, topic);
        topicCount = topics.size();
        // First interest, then the question, on the same connection: whatever the answer does not know will be heard.
        live.subscribe(subject);
        leader.ask(topic);
        return topic;
    }

    private void leave(HubTopic topic) {
        if (--topic.interest == 0 && !topic.dropped) {
            topic.idleSince = System.nanoTime();
            idle.add(topic);
        }
    }

    private void drop(HubTopic topic) {
        topic.dropped = true;
        topics.remove(topic.liveSubject);
        topicCount = topics.size();
        unverified.remove(topic);
        budget.forget(topic);
        if (!closed) {
            live.unsubscribe(topic.liveSubject);
        }
    }

    /** The subscription is live, failed or closed: it needs no more attention. */
    void caughtUp(CatchUp catchUp) {
        if (catchUp.subscriber.catchUp == catchUp) {
            catchUp.subscriber.catchUp = null;
            catchUps.remove(catchUp);
            replays = catchUps.size();
        }
    }

    // Time.

    private void tick() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        for (CatchUp next = opening.peek(); next != null; next = opening.peek()) {
            if (!next.done && !next.isOpened()) {
                if (now - next.deadline < 0) {
                    break;
                }
                log.atWarn()
                        .addKeyValue("subject", next.topics[0].storedSubject)
                        .log("A subscription could not be opened in time");
                fail(next.subscriber, new AvailabilityError.EventStoreUnavailable());
            }
            opening.remove();
        }
        long lingerNanos = config.linger().toNanos();
        for (HubTopic next = idle.peek(); next != null && now - next.idleSince >= lingerNanos; next = idle.peek()) {
            idle.remove();
            if (next.interest == 0 && !next.dropped && now - next.idleSince >= lingerNanos) {
                drop(next);
            }
        }
        long dropped = live.getDroppedCount();
        if (dropped != droppedBefore) {
            droppedBefore = dropped;
            resync();
        }
        auditSome();
    }

    /** A rotating check of all topics, for what nothing else tells of. */
    private void auditSome() {
        auditsDue +=
                topics.size() * (double) TICK_MILLIS / config.auditInterval().toMillis();
        while (auditsDue >= 1) {
            auditsDue--;
            HubTopic next = audit.poll();
            if (next == null) {
                audit.addAll(topics.values());
                return;
            }
            if (!next.dropped && store.connected()) {
                next.state.verify(false);
            }
        }
    }
}
