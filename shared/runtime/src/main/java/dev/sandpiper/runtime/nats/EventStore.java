package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's access to one event stream: the connection, what the stream is called and how far it reaches. Keeps the stream in
 * existence, follows it through restarts, leader changes and re-creation, and tells when readers should check whether they
 * missed something. Safe for use by several threads; no method blocks.
 */
public final class EventStore {
    private static final Logger log = LoggerFactory.getLogger(EventStore.class);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(250);

    private final Vertx vertx;
    private final NatsConfig config;
    private final Context context;
    private final Connection connection;
    private final Subjects subjects;
    private final EventCodec codec;
    private final JetStreamApi api;
    private final EventStream stream;
    private final StoredMessages messages;
    private final TrimMarks trims;
    private final List<Runnable> resyncListeners = new CopyOnWriteArrayList<>();
    private final AtomicLong questions = new AtomicLong();

    private volatile StreamState state = new StreamState(0, 1, 0);
    private volatile Durability durability = Durability.MEMORY;
    private volatile boolean syncAlways;
    private volatile boolean answering;
    private volatile boolean closed;
    private long applied;
    private volatile int replicas = 1;
    private boolean polling;

    private EventStore(Vertx vertx, Context context, NatsConfig config, StreamSpec spec, Connection connection) {
        this.vertx = vertx;
        this.config = config;
        this.context = context;
        this.connection = connection;
        this.subjects = new Subjects(config.namespace(), spec.cell());
        this.codec = new EventCodec(subjects);
        this.api = new JetStreamApi(vertx, connection);
        this.stream = new EventStream(api, config, subjects, spec);
        this.messages = new StoredMessages(api, subjects, codec);
        this.trims = new TrimMarks(api, subjects, spec.replicas(), this::epoch);
    }

    /**
     * Connects and makes sure of the stream, waiting for a server as long as the configuration allows. Fails with an {@link
     * IllegalStateException} whose message says what an operator should change.
     */
    public static Future<EventStore> open(Vertx vertx, NatsConfig config, MeterRegistry metrics) {
        return open(vertx, config, StreamSpec.of(config, 0), metrics);
    }

    /** Likewise, of another stream. */
    public static Future<EventStore> open(Vertx vertx, NatsConfig config, StreamSpec spec, MeterRegistry metrics) {
        Context context = vertx.getOrCreateContext();
        Promise<EventStore> opened = Promise.promise();
        long deadline = System.nanoTime() + config.startupTimeout().toNanos();
        context.runOnContext(
                v -> attempt(vertx, context, config, spec, metrics, deadline).onComplete(opened));
        return opened.future();
    }

    private static Future<EventStore> attempt(
            Vertx vertx, Context context, NatsConfig config, StreamSpec spec, MeterRegistry metrics, long deadline) {
        var listener = new Reactions();
        return NatsLink.open(vertx, config, "sandpiper", true, listener)
                .compose(connection -> {
                    var store = new EventStore(vertx, context, config, spec, connection);
                    listener.store = store;
                    return store.start(metrics).recover(e -> store.close().transform(v -> Future.failedFuture(e)));
                })
                .recover(e -> {
                    if (e instanceof IllegalStateException || System.nanoTime() >= deadline) {
                        return Future.failedFuture(unusable(config, e));
                    }
                    log.atInfo().addKeyValue("reason", e.getMessage()).log("Waiting for the event store");
                    return vertx.timer(RETRY_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                            .compose(v -> attempt(vertx, context, config, spec, metrics, deadline));
                });
    }

    private static IllegalStateException unusable(NatsConfig config, Throwable cause) {
        if (cause instanceof IllegalStateException already) {
            return already;
        }
        String problem = cause instanceof IOException
                ? "NATS cannot be reached at " + config.urls() + "; is it running, and is SANDPIPER_NATS_URL right?"
                : "NATS at " + config.urls() + " does not answer for JetStream; is JetStream enabled? ("
                        + cause.getMessage() + ")";
        return new IllegalStateException(problem, cause);
    }

    private Future<EventStore> start(MeterRegistry metrics) {
        return readDiskSync().compose(v -> stream.ensure()).map(description -> {
            apply(questions.incrementAndGet(), description);
            connection
                    .createDispatcher(message -> resync("leader elected"))
                    .subscribe("$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED." + subjects.stream());
            vertx.setPeriodic(POLL_INTERVAL.toMillis(), id -> poll(id));
            Gauge.builder("sandpiper.eventstore.connected", this, store -> store.connected() ? 1 : 0)
                    .description("1 while the event stream's leader answers")
                    .tag("stream", subjects.stream())
                    .register(metrics);
            Gauge.builder(
                            "sandpiper.eventstore.last.sequence",
                            this,
                            store -> store.state().lastSequence())
                    .description("Sequence of the newest event, as last polled")
                    .tag("stream", subjects.stream())
                    .register(metrics);
            log.atInfo()
                    .addKeyValue("stream", subjects.stream())
                    .addKeyValue("server", connection.getServerInfo().getVersion())
                    .addKeyValue("durability", durability.wireName())
                    .log("Event store ready");
            return this;
        });
    }

    /** For subscribing, and for publishing what needs no acknowledgement. Reconnects by itself, for ever. */
    public Connection connection() {
        return connection;
    }

    /**
     * Opens a further connection, which does not reconnect: what was not sent when it breaks is never sent.
     *
     * @param purpose becomes part of its name on the server
     * @param onClosed called once it is gone, on any thread
     */
    public Future<Connection> connectOnce(String purpose, Runnable onClosed) {
        return NatsLink.open(vertx, config, "sandpiper-" + purpose, false, new NatsLink.Listener() {
            @Override
            public void onResubscribed() {}

            @Override
            public void onDisconnected() {}

            @Override
            public void onClosed() {
                onClosed.run();
            }

            @Override
            public void onMessagesDropped() {}
        });
    }

    public Subjects subjects() {
        return subjects;
    }

    public EventCodec codec() {
        return codec;
    }

    /** Which incarnation of the stream this is: the first half of every cursor. */
    public int epoch() {
        return state.epoch();
    }

    /** What an acknowledgement means right now. */
    public Durability durability() {
        return durability;
    }

    /** How long JetStream recognises a repetition by its id. */
    public Duration dedupeWindow() {
        return stream.dedupeWindow();
    }

    /** Copies of the stream, as of at most about a second ago. */
    public int replicas() {
        return replicas;
    }

    /** Whether the stream's leader answered when last asked, at most two seconds ago. */
    public boolean connected() {
        return answering && connection.getStatus() == Connection.Status.CONNECTED;
    }

    /** As of at most about a second ago while {@link #connected()}. */
    public StreamState state() {
        return state;
    }

    /** Asks the leader now. Completes on the caller's context; fails with {@code EVENT_STORE_UNAVAILABLE} within a second. */
    public Future<StreamState> refresh() {
        long question = questions.incrementAndGet();
        return stream.describe(POLL_TIMEOUT)
                .map(description -> {
                    apply(question, description);
                    return description.state();
                })
                .recover(EventStore::translate);
    }

    /** Asks the leader how much there is. As {@link #refresh}. */
    public Future<StreamReport> report() {
        return stream.report(POLL_TIMEOUT)
                .recover(e -> Future.failedFuture(
                        e instanceof PlatformException
                                ? e
                                : new PlatformException(new AvailabilityError.EventStoreUnavailable(), e)));
    }

    /**
     * Names of the stream's settings that are not what they are to be. Completes on the caller's context; fails with a {@link
     * JetStreamFault} when there is no stream, or {@code EVENT_STORE_UNAVAILABLE}.
     */
    public Future<List<String>> differences() {
        return stream.differences(POLL_TIMEOUT);
    }

    /** Succeeds when the stream's leader answers: for readiness. */
    public Future<Void> health() {
        return refresh().mapEmpty();
    }

    /**
     * Reads one event from the leader, which never lags. Completes on the caller's context, with null when there is no such
     * event (any more).
     */
    public Future<@Nullable StoredEvent> read(long sequence) {
        return messages.bySequence(sequence, epoch());
    }

    /** Reads a subject's newest event from the leader; as {@link #read}. */
    public Future<@Nullable StoredEvent> readLast(String storedSubject) {
        return messages.lastOf(storedSubject, epoch());
    }

    /** Up to where events of single topics were removed. */
    public TrimMarks trims() {
        return trims;
    }

    /**
     * Topics of a project that have events in the stream, in no particular order. Completes on the caller's context; fails with
     * {@code EVENT_STORE_UNAVAILABLE}.
     */
    public Future<List<Topic>> topics(TenantId tenant, ProjectId project) {
        return new StoredTopics(api, subjects).of(tenant, project);
    }

    /** For what has no method here: other streams, consumers. */
    public JetStreamApi api() {
        return api;
    }

    /** Reads what is remembered of a key; as {@link #read}. */
    public Future<@Nullable KeyRecord> readKey(String keySubject) {
        return messages.key(keySubject);
    }

    /** A request over the shared inbox. Completes on the caller's context; fails with {@code EVENT_STORE_UNAVAILABLE}. */
    public Future<Message> request(String subject, byte[] body, Duration timeout) {
        return api.request(subject, body, timeout);
    }

    /**
     * Asks one of the endpoints under {@code $JS.API} that speak JSON. Completes on the caller's context; fails with a {@link
     * JetStreamFault}, or {@code EVENT_STORE_UNAVAILABLE}.
     */
    public Future<JsonNode> call(String endpoint, String body, Duration timeout) {
        return api.call("$JS.API." + endpoint, body, timeout);
    }

    /**
     * Registers for the moments after which readers may have missed something: reconnection, dropped messages, a new leader,
     * a new epoch. Called on any thread; must not block.
     *
     * @return ends the registration
     */
    public Runnable onResync(Runnable listener) {
        resyncListeners.add(listener);
        return () -> resyncListeners.remove(listener);
    }

    public Future<Void> close() {
        closed = true;
        return vertx.executeBlocking(
                        () -> {
                            connection.close();
                            return true;
                        },
                        false)
                .mapEmpty();
    }

    private void poll(long timer) {
        if (closed) {
            vertx.cancelTimer(timer);
            return;
        }
        if (polling) {
            return;
        }
        polling = true;
        refresh().onComplete(result -> {
            polling = false;
            if (result.failed() && !closed) {
                answering = false;
                if (EventStream.isFault(result.cause(), JetStreamFault.STREAM_NOT_FOUND)) {
                    ensureAgain();
                }
            }
        });
    }

    private void ensureAgain() {
        log.atError().addKeyValue("stream", subjects.stream()).log("The event stream is gone; making it anew");
        long question = questions.incrementAndGet();
        stream.ensure()
                .onSuccess(description -> apply(question, description))
                .onFailure(e -> log.atError().setCause(e).log("Cannot make the event stream"));
    }

    private void apply(long question, EventStream.Description description) {
        String news;
        synchronized (this) {
            if (question < applied) {
                return;
            }
            applied = question;
            news = news(state, description.state());
            state = description.state();
            replicas = description.replicas();
            // Of a replicated stream the servers that were not asked may hold a majority.
            boolean synced = syncAlways && config.monitorUrls().size() >= replicas;
            durability = synced ? Durability.FSYNCED : replicas > 1 ? Durability.REPLICATED : Durability.MEMORY;
            answering = true;
        }
        if (news != null) {
            resync(news);
        }
    }

    private static @Nullable String news(StreamState before, StreamState now) {
        if (before.epoch() == 0) {
            return null;
        }
        if (before.epoch() != now.epoch()) {
            return "stream made anew";
        }
        return now.lastSequence() < before.lastSequence() ? "stream lost its tail" : null;
    }

    private void resync(String reason) {
        log.atInfo().addKeyValue("reason", reason).log("Readers check whether they missed events");
        for (Runnable listener : resyncListeners) {
            listener.run();
        }
    }

    private Future<Void> readDiskSync() {
        return vertx.executeBlocking(
                        () -> {
                            syncAlways = DiskSync.always(config.monitorUrls());
                            return true;
                        },
                        false)
                .mapEmpty();
    }

    private static Future<StreamState> translate(Throwable error) {
        return error instanceof JetStreamFault || error instanceof PlatformException
                ? Future.failedFuture(error)
                : Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable(), error));
    }

    /** Born before the store, because jnats wants its listeners when it connects. */
    private static final class Reactions implements NatsLink.Listener {
        private final AtomicBoolean lost = new AtomicBoolean();
        private volatile @Nullable EventStore store;

        @Override
        public void onResubscribed() {
            lost.set(false);
            EventStore known = store;
            if (known != null) {
                known.context.runOnContext(v -> known.readDiskSync().onComplete(r -> known.refresh()));
                known.resync("reconnected");
            }
        }

        /** Also called for every attempt to connect again that fails. */
        @Override
        public void onDisconnected() {
            EventStore known = store;
            if (known != null) {
                known.answering = false;
                if (!known.closed && lost.compareAndSet(false, true)) {
                    log.atWarn().log("The connection to NATS is lost; connecting again");
                }
            }
        }

        @Override
        public void onClosed() {
            EventStore known = store;
            if (known != null && !known.closed) {
                log.atError().log("NATS refused this node's credentials twice; restart the node with others");
            }
        }

        @Override
        public void onMessagesDropped() {
            EventStore known = store;
            if (known != null) {
                known.resync("messages dropped");
            }
        }
    }
}
