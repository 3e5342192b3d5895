package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.auth.Fence;
import dev.sandpiper.runtime.nats.EventStore;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.support.Status;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pages of stored events by batched direct get, which needs no consumer and no state on the server. It has a connection of
 * its own, so that a long replay never stands in the way of live events; few pages are read at the same time, at a bounded rate,
 * refills of live topics first, then subscriptions that wait to open, then history and replays in turn; among those of one kind
 * tenants take turns. Safe for use by several threads.
 *
 * <p>A reader asks for one page at a time and queues up again for the next, which is what makes the turns fair.
 */
final class StoreReader {
    /** What a page is read for, the most urgent first. */
    enum Purpose {
        REFILL,
        /** The first page of a subscription, which it needs to open. */
        RESUME,
        HISTORY,
        REPLAY
    }

    private static final Logger log = LoggerFactory.getLogger(StoreReader.class);
    private static final long PAGE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SWEEP_MILLIS = 20;
    private static final int RECONNECT_MILLIS = 100;
    private static final int BURSTS_PER_SECOND = 50;
    private static final int NOT_FOUND = 404;
    private static final int END_OF_BATCH = 204;

    private final Vertx vertx;
    private final EventStore store;
    private final int concurrency;
    private final int pageBytes;
    private final FeedMetrics metrics;
    private final Fence fence;
    private final Pace pace;
    private final ReplayBrake brake;
    private final List<TenantTurns> waiting =
            Stream.generate(TenantTurns::new).limit(Purpose.values().length).toList();
    private final Map<String, PageRead> underWay = new HashMap<>();
    private @Nullable Connection connection;
    private String inbox = "";
    private long numbers;
    private long timer;
    private boolean replayNext;
    private boolean closed;

    StoreReader(Vertx vertx, EventStore store, FeedConfig config, FeedMetrics metrics, Fence fence) {
        this.vertx = vertx;
        this.store = store;
        this.concurrency = config.replayConcurrency();
        this.pageBytes = config.pageBytes();
        this.metrics = metrics;
        this.fence = fence;
        this.brake = new ReplayBrake(vertx, config.replayRate());
        this.pace = new Pace(
                config.replayRate(),
                Math.max(config.pageEvents(), config.replayRate() / BURSTS_PER_SECOND),
                System.nanoTime());
        metrics.pages(this, StoreReader::waitingPages);
        metrics.gauge(
                "replay.rate",
                "Events a second that may be replayed while the event loops are this busy",
                brake,
                ReplayBrake::rate);
    }

    Future<Void> start() {
        return connect().onSuccess(v -> timer = vertx.setPeriodic(SWEEP_MILLIS, id -> sweep()));
    }

    /**
     * Reads the events after a sequence. Completes on any thread; fails with {@code EVENT_STORE_UNAVAILABLE} when the server
     * does not answer in time, but waits for its turn as long as it takes.
     *
     * @param limit at least 1; a page may be shorter because of its bytes
     */
    Future<Page> page(Source source, int epoch, long after, int limit, Purpose purpose) {
        PageRead read = new PageRead(source, epoch, after, limit, purpose);
        boolean refused;
        synchronized (this) {
            refused = closed;
            if (!refused) {
                waiting.get(purpose.ordinal()).add(read);
            }
        }
        if (refused) {
            read.fail(unavailable(null));
        } else {
            pump();
        }
        return read.promise.future();
    }

    Future<Void> close() {
        Connection last;
        synchronized (this) {
            closed = true;
            last = connection;
            connection = null;
        }
        vertx.cancelTimer(timer);
        failAll();
        return last == null ? Future.succeededFuture() : close(last);
    }

    private Future<Void> close(Connection last) {
        return vertx.executeBlocking(
                        () -> {
                            last.close();
                            return true;
                        },
                        false)
                .mapEmpty();
    }

    private synchronized int waitingPages() {
        return waiting.stream().mapToInt(TenantTurns::size).sum() + underWay.size();
    }

    private Future<Void> connect() {
        return store.connectOnce("replay", this::onClosed).map(opened -> {
            String box = opened.createInbox();
            opened.createDispatcher(this::onMessage).subscribe(box + ".*");
            boolean late;
            synchronized (this) {
                late = closed;
                connection = late ? null : opened;
                inbox = box;
            }
            if (late) {
                close(opened);
            } else if (opened.getStatus() == Connection.Status.CLOSED) {
                onClosed();
            } else {
                pump();
            }
            return (Void) null;
        });
    }

    /** Also called for an attempt that fails, which is repeated by whoever made it: two for each would be an avalanche. */
    private void onClosed() {
        synchronized (this) {
            if (closed || connection == null || connection.getStatus() != Connection.Status.CLOSED) {
                return;
            }
            connection = null;
        }
        failUnderWay();
        reconnect();
    }

    private void reconnect() {
        vertx.setTimer(RECONNECT_MILLIS, id -> {
            synchronized (this) {
                if (closed) {
                    return;
                }
            }
            connect().onFailure(e -> reconnect());
        });
    }

    /** Sends what may be sent. */
    private void pump() {
        while (!fence.isUp()) {
            PageRead read;
            Connection open;
            String replyTo;
            synchronized (this) {
                open = connection;
                read = open == null ? null : next();
                if (read == null || open == null) {
                    return;
                }
                replyTo = inbox + "." + Long.toString(numbers++, Character.MAX_RADIX);
                read.deadline = System.nanoTime() + PAGE_TIMEOUT_NANOS;
                underWay.put(replyTo, read);
            }
            try {
                open.publish("$JS.API.DIRECT.GET." + store.subjects().stream(), replyTo, read.question(pageBytes));
            } catch (IllegalStateException | IllegalArgumentException e) {
                // Closed since; its listener brings a new connection.
                if (take(replyTo) != null) {
                    read.fail(unavailable(e));
                }
            }
        }
    }

    private @Nullable PageRead next() {
        if (underWay.size() >= concurrency) {
            // One more place, so that a gap never waits behind replays.
            return underWay.size() == concurrency ? queue(Purpose.REFILL).poll() : null;
        }
        PageRead refill = queue(Purpose.REFILL).poll();
        if (refill != null) {
            return refill;
        }
        boolean paid = pace.open(System.nanoTime());
        if (!paid && !(queue(Purpose.RESUME).isEmpty() && queue(Purpose.REPLAY).isEmpty())) {
            metrics.paceWait();
        }
        PageRead resume = paid ? queue(Purpose.RESUME).poll() : null;
        if (resume != null) {
            return resume;
        }
        replayNext = !replayNext;
        PageRead first = replayNext && paid ? queue(Purpose.REPLAY).poll() : null;
        PageRead second = first == null ? queue(Purpose.HISTORY).poll() : first;
        return second == null && paid ? queue(Purpose.REPLAY).poll() : second;
    }

    private TenantTurns queue(Purpose purpose) {
        return waiting.get(purpose.ordinal());
    }

    private void onMessage(Message message) {
        Status status = message.getStatus();
        if (status == null) {
            PageRead read;
            synchronized (this) {
                read = underWay.get(message.getSubject());
            }
            if (read != null) {
                read.add(message, store.codec());
            }
            return;
        }
        PageRead read = take(message.getSubject());
        if (read == null) {
            return;
        }
        if (status.getCode() == NOT_FOUND || status.getCode() == END_OF_BATCH) {
            metrics.pageRead(read.count());
            if (!read.finish(message)) {
                synchronized (this) {
                    queue(read.purpose).addAgain(read);
                }
            }
        } else {
            read.fail(unavailable(new IllegalStateException(status.getMessageWithCode())));
        }
        pump();
    }

    private synchronized @Nullable PageRead take(String replyTo) {
        PageRead read = underWay.remove(replyTo);
        if (read != null && (read.purpose == Purpose.REPLAY || read.purpose == Purpose.RESUME)) {
            pace.take(Math.max(1, read.count()));
        }
        return read;
    }

    private void sweep() {
        long now = System.nanoTime();
        List<PageRead> late = new ArrayList<>();
        brake.check(now);
        synchronized (this) {
            pace.rate(brake.rate());
            underWay.values().removeIf(read -> now - read.deadline > 0 && late.add(read));
        }
        for (PageRead read : late) {
            log.atWarn().addKeyValue("subject", read.source.subject()).log("The event store did not answer for a page");
            read.fail(unavailable(null));
        }
        pump();
    }

    private void failUnderWay() {
        List<PageRead> broken;
        synchronized (this) {
            broken = List.copyOf(underWay.values());
            underWay.clear();
        }
        broken.forEach(read -> read.fail(unavailable(null)));
    }

    private void failAll() {
        failUnderWay();
        List<PageRead> unsent = new ArrayList<>();
        synchronized (this) {
            for (TenantTurns queue : waiting) {
                queue.drain(unsent::add);
            }
        }
        unsent.forEach(read -> read.fail(unavailable(null)));
    }

    static PlatformException unavailable(@Nullable Throwable cause) {
        return new PlatformException(new AvailabilityError.EventStoreUnavailable(), cause);
    }
}
