package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.Fence;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamState;
import dev.sandpiper.runtime.nats.Subjects;
import dev.sandpiper.runtime.nats.TrimMarks;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
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

    private final Vertx vertx;
    private final EventStore store;
    private final FeedConfig config;
    private final FeedMetrics metrics;
    private final Strand strand;
    private final Fence fence;
    private final Dispatcher live;
    private final LeaderQuestions leader;
    private final TopicReads reads;
    private final StartPositions starts;
    private final Verification verification;
    private final Subscriptions subscriptions;
    private final RingBudget budget;
    private final Map<String, HubTopic> topics = new HashMap<>();
    private final ArrayDeque<HubTopic> idle = new ArrayDeque<>();
    private final Runnable endResync;
    private int epoch;
    private long heard;
    private long droppedBefore;
    private long timer;
    private boolean closed;
    private volatile int topicCount;

    FeedHub(
            Vertx vertx,
            EventStore store,
            FeedConfig config,
            FeedMetrics metrics,
            StoreReader reader,
            HistoryReader history,
            ExecutorService thread,
            Fence fence) {
        this.vertx = vertx;
        this.store = store;
        this.config = config;
        this.metrics = metrics;
        this.strand = new Strand(thread);
        this.leader = new LeaderQuestions(this, store);
        this.reads = new TopicReads(this, store, reader, leader, config.pageEvents());
        this.starts = new StartPositions(this, store, leader, history);
        this.budget = new RingBudget(config.ringTotalBytes());
        this.epoch = store.epoch();
        Connection connection = store.connection();
        this.fence = fence;
        this.live = connection.createDispatcher(this::onMessage);
        this.verification = new Verification(
                this,
                store,
                leader,
                topics.values(),
                () -> connection.getStatistics().getReconnects() + live.getDroppedCount(),
                config.auditInterval());
        this.subscriptions = new Subscriptions(this, verification, config.openTimeout());
        this.endResync = store.onResync(() -> strand.execute(this::resync));
        metrics.gauge("topics", "Topics listened to", this, hub -> hub.topicCount);
        metrics.gauge("ring.bytes", "Bytes of recent events in memory", budget, RingBudget::bytes);
        metrics.gauge("ring.events", "Recent events in memory", budget, RingBudget::events);
    }

    void start() {
        live.subscribe(store.subjects().trimWildcard(), message -> strand.executeOrWait(() -> trimmed(message)));
        timer = vertx.setPeriodic(TICK_MILLIS, id -> strand.execute(this::tick));
    }

    /** From any thread: succeeds when nothing that may have been missed is still being looked for. */
    Future<Void> caughtUp() {
        Promise<Void> answer = Promise.promise();
        strand.execute(() -> {
            if (closed || !verification.isQuiet() || !store.connected()) {
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
        fence.pass();
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
        verification.heard(topic, event);
        heard = Math.max(heard, event.sequence());
        topic.state.live(event, EventCodec.previousSequence(message));
    }

    /** Events of one topic were removed. Word of it may be lost; whoever reads from the store asks again. */
    private void trimmed(Message message) {
        try {
            TrimMarks.Mark mark = store.trims().parse(message.getSubject(), message.getData());
            Subjects.Address address = mark.address();
            HubTopic topic = topics.get(store.subjects().live(address.tenant(), address.project(), address.topic()));
            if (topic != null && mark.epoch() == epoch) {
                topic.trim(mark.through());
            }
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("subject", message.getSubject())
                    .setCause(e)
                    .log("Skipping what is no trim mark");
        }
    }

    /** Up to where a topic is known to be complete: see {@link Eras}. */
    long frontier(HubTopic topic) {
        long position = topic.state.position();
        return topic.state.isLive() && topic.vouchedEra == verification.era() ? Math.max(position, heard) : position;
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

    /** Tells {@link CatchUp#proven}. */
    void prove(HubTopic topic, CatchUp catchUp) {
        reads.prove(topic, catchUp);
    }

    StartPositions starts() {
        return starts;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    boolean isClosed() {
        return closed;
    }

    void ringChanged(HubTopic topic, int bytes, int events) {
        budget.changed(topic, bytes, events);
    }

    // What may have been missed.

    Verification verification() {
        return verification;
    }

    private void resync() {
        if (!closed) {
            verification.resync();
        }
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

    /** From any thread: subscriptions of a tenant end, because its events are elsewhere by now. */
    void end(TenantId tenant) {
        strand.execute(() -> {
            for (HubTopic topic : List.copyOf(topics.values())) {
                if (topic.address.tenant().equals(tenant)) {
                    failTopic(topic, new ConnectionEnd.StreamMoved());
                }
            }
        });
    }

    private void failEverybody(PlatformError error) {
        for (HubTopic topic : List.copyOf(topics.values())) {
            failTopic(topic, error);
        }
    }

    private void failTopic(HubTopic topic, PlatformError error) {
        topic.failSubscribers(error, null);
        subscriptions.failWaiting(topic, error);
        drop(topic);
    }

    // Interest.

    /** One more subscription wants the topic. */
    HubTopic join(Subjects.Address address) {
        HubTopic topic = topic(address);
        topic.interest++;
        return topic;
    }

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

    void leave(HubTopic topic) {
        if (--topic.interest == 0 && !topic.dropped) {
            topic.idleSince = System.nanoTime();
            idle.add(topic);
        }
    }

    private void drop(HubTopic topic) {
        topic.dropped = true;
        topics.remove(topic.liveSubject);
        topicCount = topics.size();
        verification.settled(topic);
        budget.forget(topic);
        if (!closed) {
            live.unsubscribe(topic.liveSubject);
        }
    }

    // Time.

    private void tick() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        subscriptions.expire(now);
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
        verification.auditSome(TICK_MILLIS);
    }
}
