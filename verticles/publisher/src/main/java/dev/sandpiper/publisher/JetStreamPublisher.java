package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.nats.EventStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to JetStream: plain publishes, pipelined, whose acknowledgements come to one inbox. Each event loop has a
 * lane of its own with a bounded table of what is in flight; a call from any other thread is moved to one.
 *
 * <p>An event whose key is to be remembered for longer than JetStream does goes another way, by {@link AtomicPublisher}.
 *
 * <p>Events of class ephemeral go straight to whoever listens: no acknowledgement, no cursor.
 */
public final class JetStreamPublisher implements Publisher {
    private static final RandomGeneratorFactory<RandomGenerator> RANDOMS =
            RandomGeneratorFactory.of("Xoshiro256PlusPlus");
    private static final long DRAIN_CHECK_MILLIS = 10;
    private static final int RECONNECT_MIN_MILLIS = 500;
    private static final int RECONNECT_SPREAD_MILLIS = 1_500;

    private final VertxInternal vertx;
    private final EventStore store;
    private final PublisherConfig config;
    private final PublisherMetrics metrics;
    private final String inbox = "_INBOX." + NUID.nextGlobal();
    private final PublishLink link;
    private final AtomicPublisher atomic;
    private final SecureRandom seeds = new SecureRandom();
    private final List<PublisherLane> lanes = new CopyOnWriteArrayList<>();
    private final FastThreadLocal<@Nullable PublisherLane> mine = new FastThreadLocal<>();
    private final EventLoop home;
    private volatile boolean refusing;

    private JetStreamPublisher(Vertx vertx, EventStore store, PublisherConfig config, MeterRegistry registry) {
        this.vertx = (VertxInternal) vertx;
        this.store = store;
        this.config = config;
        this.metrics = new PublisherMetrics(
                registry, config.tenantSeries(), store.subjects().stream(), this::inFlight, this::waiting);
        this.link = new PublishLink(vertx, store, inbox, this::dispatch, this::resend);
        this.atomic = new AtomicPublisher(vertx, store, link, config, metrics);
        this.home = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
    }

    /** Connects; fails when NATS is not there. */
    public static Future<JetStreamPublisher> open(
            Vertx vertx, EventStore store, PublisherConfig config, MeterRegistry registry) {
        var publisher = new JetStreamPublisher(vertx, store, config, registry);
        return publisher.link.open().map(publisher);
    }

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        ContextInternal context = vertx.getOrCreateContext();
        if (refusing) {
            return context.failedFuture(new PlatformException(new ConnectionEnd.ShuttingDown(jitter())));
        }
        metrics.asked(command.tenant());
        if (command.deliveryClass() == DeliveryClass.EPHEMERAL) {
            return ephemeral(context, command);
        }
        PublishOptions options = command.options();
        Duration remember = options == null ? null : options.remember();
        if (remember != null && remember.compareTo(store.dedupeWindow()) > 0) {
            return remembered(context, command, remember);
        }
        Promise<PublishReceipt> promise = context.promise();
        EventLoop loop = context.isEventLoopContext() ? context.nettyEventLoop() : home;
        if (loop.inEventLoop()) {
            lane(loop).publish(command, promise);
        } else {
            loop.execute(() -> lane(loop).publish(command, promise));
        }
        return promise.future();
    }

    /** Several events in one step, by the same connection. */
    public Transactions transactions() {
        return new JetStreamTransactions(vertx, store, config, atomic, metrics);
    }

    /** Events that wait for their acknowledgement. */
    public int inFlight() {
        int sum = atomic.size();
        for (PublisherLane lane : lanes) {
            sum += lane.inFlight();
        }
        return sum;
    }

    /** Events that wait to be sent because too many are in flight. */
    public int waiting() {
        int sum = 0;
        for (PublisherLane lane : lanes) {
            sum += lane.waiting();
        }
        return sum;
    }

    /** Refuses new events and completes when none waits any more, or after the timeout. */
    public Future<Void> drain(Duration timeout) {
        refusing = true;
        atomic.refuse();
        Promise<Void> drained = Promise.promise();
        awaitIdle(System.nanoTime() + timeout.toNanos(), drained);
        return drained.future();
    }

    /** Disconnects. What is still in flight fails as unknown. */
    public Future<Void> close() {
        refusing = true;
        return link.close().onComplete(v -> {
            for (PublisherLane lane : lanes) {
                lane.loop().execute(lane::abandon);
            }
        });
    }

    private void awaitIdle(long deadline, Promise<Void> drained) {
        if ((waiting() == 0 && inFlight() == 0) || System.nanoTime() - deadline >= 0) {
            drained.complete();
        } else {
            vertx.timer(DRAIN_CHECK_MILLIS, TimeUnit.MILLISECONDS).onComplete(v -> awaitIdle(deadline, drained));
        }
    }

    /** In the order of the calls within a tenant. */
    private Future<PublishReceipt> remembered(ContextInternal context, PublishCommand command, Duration window) {
        String key = command.key();
        if (key == null) {
            throw new IllegalArgumentException("there is no key to remember");
        }
        var id = new EventIds(ThreadLocalRandom.current()).next(System.currentTimeMillis());
        var job = new AtomicJob(store, config, command.project(), key, window, List.of(command), List.of(id));
        Promise<PublishReceipt> promise = context.promise();
        atomic.publish(job).map(List::getFirst).onComplete(promise);
        return promise.future();
    }

    private Future<PublishReceipt> ephemeral(ContextInternal context, PublishCommand command) {
        long now = System.currentTimeMillis();
        // Not on a lane, perhaps not on an event loop: a generator per thread.
        var id = new EventIds(ThreadLocalRandom.current()).next(now);
        String subject = store.subjects().live(command.tenant(), command.project(), command.topic());
        try {
            PublishLink.Live live = link.live();
            if (live == null
                    || !live.publish(subject, null, store.codec().ephemeral(command, id, now), command.data())) {
                return failed(context, new AvailabilityError.EventStoreUnavailable());
            }
        } catch (IllegalArgumentException e) {
            return failed(
                    context, new RequestError.PayloadTooLarge(store.connection().getMaxPayload()));
        }
        metrics.ephemeral();
        return context.succeededFuture(
                new PublishReceipt(id, command.topic(), null, false, DeliveryClass.EPHEMERAL, Durability.MEMORY));
    }

    private Future<PublishReceipt> failed(ContextInternal context, PlatformError error) {
        metrics.failed(error.code());
        return context.failedFuture(new PlatformException(error));
    }

    static Duration jitter() {
        return Duration.ofMillis(
                RECONNECT_MIN_MILLIS + ThreadLocalRandom.current().nextInt(RECONNECT_SPREAD_MILLIS));
    }

    /** On {@code loop}'s thread. */
    private PublisherLane lane(EventLoop loop) {
        PublisherLane lane = mine.get();
        return lane == null ? newLane(loop) : lane;
    }

    private synchronized PublisherLane newLane(EventLoop loop) {
        byte[] seed = new byte[32];
        seeds.nextBytes(seed);
        var random = RANDOMS.create(seed);
        var lane = new PublisherLane(
                loop, store, link, config, metrics, new EventIds(random), inbox + '.' + lanes.size() + '.');
        lanes.add(lane);
        mine.set(lane);
        return lane;
    }

    /** On jnats' thread. */
    private void dispatch(Message ack) {
        String subject = ack.getSubject();
        int from = inbox.length() + 1;
        int lane = Integer.parseInt(subject, from, subject.indexOf('.', from), 10);
        lanes.get(lane).acknowledged(ack);
    }

    private void resend() {
        for (PublisherLane lane : lanes) {
            lane.loop().execute(lane::resendOnNewConnection);
        }
    }
}
