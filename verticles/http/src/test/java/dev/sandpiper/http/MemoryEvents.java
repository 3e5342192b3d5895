package dev.sandpiper.http;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Schedules;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An event store in memory, whose acknowledgements can be held back or replaced by failures. */
final class MemoryEvents implements Publisher, Feed {
    private final List<StoredEvent> events = new ArrayList<>();
    private final Map<String, StoredEvent> byKey = new HashMap<>();
    private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> heldPages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pages = new AtomicInteger();
    private volatile boolean holding;
    private volatile boolean holdingPages;
    private final AtomicReference<@Nullable Throwable> failOnce = new AtomicReference<>();
    private volatile @Nullable Throwable failure;

    void hold() {
        holding = true;
    }

    int heldBack() {
        return held.size();
    }

    void release() {
        holding = false;
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    void failWith(@Nullable Throwable cause) {
        failure = cause;
    }

    /** Of the next event only. */
    void failOnce(Throwable cause) {
        failOnce.set(cause);
    }

    synchronized List<StoredEvent> events() {
        return List.copyOf(events);
    }

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        Throwable once = failOnce.getAndSet(null);
        Throwable cause = once == null ? failure : once;
        if (cause != null) {
            return Future.failedFuture(cause);
        }
        Promise<PublishReceipt> promise = Promise.promise();
        if (holding) {
            held.add(() -> promise.handle(store(command)));
        } else {
            promise.handle(store(command));
        }
        return promise.future();
    }

    /** One after the other: here nothing can come between. */
    Future<List<PublishReceipt>> together(PublishTransaction transaction) {
        List<Future<PublishReceipt>> receipts =
                transaction.events().stream().map(this::publish).toList();
        return Future.join(receipts)
                .map(done -> receipts.stream().map(Future::result).toList());
    }

    /** Agrees to everything and keeps nothing. */
    Future<Schedules.Scheduled> later(PublishCommand command, Instant deliverAt) {
        return Future.succeededFuture(new Schedules.Scheduled("%026d".formatted(1), command.topic(), deliverAt, false));
    }

    private synchronized Future<PublishReceipt> store(PublishCommand command) {
        StoredEvent known = command.key() == null ? null : byKey.get(command.key());
        if (known != null) {
            return Arrays.equals(known.data(), command.data())
                    ? Future.succeededFuture(receipt(known, true, command.deliveryClass()))
                    : Future.failedFuture(new PlatformException(new ConflictError.IdempotencyConflict()));
        }
        var event = new StoredEvent(
                command.tenant(),
                command.project(),
                command.topic(),
                new EventId("%026d".formatted(events.size() + 1)),
                command.event(),
                command.data(),
                command.contentType(),
                command.headers(),
                command.sender(),
                Instant.EPOCH,
                new Cursor(1, events.size() + 1));
        events.add(event);
        if (command.key() != null) {
            byKey.put(command.key(), event);
        }
        return Future.succeededFuture(receipt(event, false, command.deliveryClass()));
    }

    private static PublishReceipt receipt(StoredEvent event, boolean duplicate, DeliveryClass deliveryClass) {
        return new PublishReceipt(
                event.id(), event.topic(), event.cursor(), duplicate, deliveryClass, Durability.MEMORY);
    }

    @Override
    public FeedSubscription subscribe(FeedRequest request, FeedListener listener) {
        throw new UnsupportedOperationException("nobody subscribes here");
    }

    /** Pages are not answered until {@link #releasePages}. */
    void holdPages() {
        holdingPages = true;
    }

    int pagesHeld() {
        return heldPages.size();
    }

    void releasePages() {
        holdingPages = false;
        for (Runnable next = heldPages.poll(); next != null; next = heldPages.poll()) {
            next.run();
        }
    }

    int pagesRead() {
        return pages.get();
    }

    @Override
    public Future<HistoryPage> history(HistoryRequest request) {
        pages.incrementAndGet();
        if (!holdingPages) {
            return Future.succeededFuture(page(request));
        }
        Promise<HistoryPage> promise = Promise.promise();
        heldPages.add(() -> promise.complete(page(request)));
        return promise.future();
    }

    /** Backward it tells the newest position and no events, which is all that is asked of it. */
    private synchronized HistoryPage page(HistoryRequest request) {
        Cursor since = request.since();
        long after = since == null ? 0 : since.sequence();
        if (request.backward()) {
            Cursor newest = new Cursor(1, events.size());
            return new HistoryPage(List.of(), newest, false, FeedOpening.at(newest));
        }
        List<StoredEvent> all = events.subList((int) after, events.size()).stream()
                .filter(event -> request.topics().matches(event.topic()))
                .filter(event -> request.until() == null || !request.until().excludes(event))
                .filter(event -> request.filter() == null || request.filter().test(event))
                .toList();
        List<StoredEvent> page = all.subList(0, Math.min(request.limit(), all.size()));
        Cursor next =
                new Cursor(1, page.isEmpty() ? after : page.get(page.size() - 1).sequence());
        return new HistoryPage(page, next, page.size() < all.size(), FeedOpening.at(new Cursor(1, after)));
    }
}
