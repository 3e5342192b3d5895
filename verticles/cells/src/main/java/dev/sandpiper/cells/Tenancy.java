package dev.sandpiper.cells;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's place, as this node knows it, and the publishes that wait for it: because nobody has said yet where its events lie,
 * or because it is about to get another place. Those that wait go in the order of the calls, each on its own context, and none
 * goes past them. Safe for use by several threads.
 */
final class Tenancy {
    static final int MAX_WAITING = 1_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** Well below what publishers give an event, so that no caller is told later than usual. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private final AtomicInteger running = new AtomicInteger();
    /** In the queue, or handed to their context and not begun there. */
    private final AtomicInteger backlog = new AtomicInteger();

    private final PriorityQueue<Waiting<?>> queue = new PriorityQueue<>(Comparator.comparingLong(Waiting::order));
    private volatile @Nullable Cell cell;
    private volatile boolean open;
    private volatile @Nullable Promise<Void> idle;
    private volatile @Nullable Future<List<Move>> moves;
    private long version;
    private long calls;

    private record Waiting<T>(
            ContextInternal context, Function<Cell, Future<T>> action, Promise<T> promise, long order, long since) {}

    /** Where the tenant's events are read; null as long as that is unknown. */
    @Nullable
    Cell cell() {
        return cell;
    }

    /** By which the tenant came here, the first one first; asked for once for each stay. */
    Future<List<Move>> moves(Supplier<Future<List<Move>>> ask) {
        Future<List<Move>> known = moves;
        if (known == null || known.failed()) {
            known = ask.get();
            moves = known;
        }
        return known;
    }

    /** Does something that writes, now or as soon as that is possible. Completes on the caller's context. */
    <T> Future<T> write(ContextInternal context, Function<Cell, Future<T>> action) {
        if (backlog.get() == 0) {
            running.incrementAndGet();
            Cell now = cell;
            if (open && now != null) {
                return action.apply(now).onComplete(done -> leave());
            }
            leave();
        }
        return await(context, action);
    }

    private <T> Future<T> await(ContextInternal context, Function<Cell, Future<T>> action) {
        Promise<T> promise = context.promise();
        synchronized (this) {
            if (backlog.get() >= MAX_WAITING) {
                return context.failedFuture(
                        new PlatformException(new AvailabilityError.PublisherSaturated(RETRY_AFTER)));
            }
            backlog.incrementAndGet();
            queue.add(new Waiting<>(context, action, promise, calls++, System.nanoTime()));
            if (open) {
                hand();
            }
        }
        return promise.future();
    }

    /** With the lock held. */
    private void hand() {
        for (Waiting<?> next = queue.poll(); next != null; next = queue.poll()) {
            Waiting<?> waiting = next;
            waiting.context().runOnContext(v -> begin(waiting));
        }
    }

    private <T> void begin(Waiting<T> waiting) {
        running.incrementAndGet();
        Cell now = cell;
        if (!open || now == null) {
            leave();
            // Fenced again since it was handed out: back to its place in the queue.
            synchronized (this) {
                queue.add(waiting);
                if (open) {
                    hand();
                }
            }
            return;
        }
        backlog.decrementAndGet();
        waiting.action().apply(now).onComplete(done -> {
            leave();
            if (done.succeeded()) {
                waiting.promise().complete(done.result());
            } else {
                waiting.promise().fail(done.cause());
            }
        });
    }

    private void leave() {
        if (running.decrementAndGet() == 0) {
            Promise<Void> waiting = idle;
            if (waiting != null) {
                waiting.tryComplete();
            }
        }
    }

    /** What was decided; older word than what is known changes nothing. */
    void decided(Place place, @Nullable Cell where) {
        synchronized (this) {
            if (place.version() < version) {
                return;
            }
            version = place.version();
            if (!Objects.equals(where, cell)) {
                moves = null;
            }
            cell = where;
            open = where != null && !place.fenced();
            if (open) {
                hand();
            }
        }
    }

    /** Completes, on any thread, once nothing that was begun before is under way. Only after a fence. */
    Future<Void> quiet() {
        Promise<Void> promise = idle;
        if (promise == null || promise.future().isComplete()) {
            promise = Promise.promise();
            idle = promise;
        }
        if (running.get() == 0) {
            promise.tryComplete();
        }
        return promise.future();
    }

    /** Fails those that have waited for too long; surely nothing of them was stored. */
    void expire(long now) {
        refuse(now - PATIENCE_NANOS, new AvailabilityError.PublisherSaturated(RETRY_AFTER));
    }

    /** Fails those that have waited since this moment or longer. */
    void refuse(long since, PlatformError error) {
        List<Waiting<?>> late = new ArrayList<>();
        synchronized (this) {
            for (Waiting<?> first = queue.peek(); first != null && first.since() - since <= 0; first = queue.peek()) {
                late.add(first);
                queue.remove(first);
                backlog.decrementAndGet();
            }
        }
        for (Waiting<?> waiting : late) {
            waiting.context().runOnContext(v -> waiting.promise().fail(new PlatformException(error)));
        }
    }

    boolean isWaiting() {
        return backlog.get() > 0;
    }
}
