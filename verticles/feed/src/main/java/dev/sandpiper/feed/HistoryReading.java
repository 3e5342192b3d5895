package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamState;
import dev.sandpiper.runtime.nats.Subjects;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One page of history while it is being read. */
final class HistoryReading {
    private final HistoryRequest request;
    private final ContextInternal context;
    private final EventStore store;
    private final StoreReader reader;
    private final FeedConfig config;
    private final Source source;
    private final long deadline;
    private final Findings found;
    private int epoch;
    private long known;
    private long newest;
    private long oldest;
    private long upper = Long.MAX_VALUE;
    private long removed;
    private @Nullable UnrecoveredReason unrecovered;

    HistoryReading(
            HistoryRequest request,
            Duration timeout,
            ContextInternal context,
            EventStore store,
            StoreReader reader,
            FeedConfig config) {
        this.request = request;
        this.context = context;
        this.store = store;
        this.reader = reader;
        this.config = config;
        this.source = source(request, store.subjects());
        long now = System.nanoTime();
        this.deadline = now + timeout.toNanos();
        this.found = new Findings(request.limit(), now + timeout.toNanos() / 2);
    }

    private static Source source(HistoryRequest request, Subjects subjects) {
        if (!request.topics().isExact()) {
            String pattern = subjects.storedUnder(
                    request.tenant(), request.project(), request.topics().prefix());
            return new Source(pattern, request.tenant(), null);
        }
        var address = new Subjects.Address(
                request.tenant(), request.project(), request.topics().topic());
        return new Source(
                subjects.stored(address.tenant(), address.project(), address.topic()), request.tenant(), address);
    }

    Future<HistoryPage> run() {
        // First how far the stream reaches, then the newest event: so there is nothing between the two.
        return home(store.refresh())
                .compose(this::judge)
                .compose(v -> home(store.readLast(source.subject())))
                .compose(last -> {
                    newest = last == null ? 0 : last.sequence();
                    return upperBound();
                })
                .compose(v -> lowerBound())
                .compose(from -> request.backward() ? backward(from) : forward(from));
    }

    private Future<Void> judge(StreamState state) {
        epoch = state.epoch();
        known = state.lastSequence();
        oldest = state.firstSequence();
        Cursor since = request.since();
        if (since != null && (since.epoch() != epoch || since.sequence() > known)) {
            unrecovered = UnrecoveredReason.EPOCH_CHANGED;
        }
        return Future.succeededFuture();
    }

    private Future<Void> upperBound() {
        EndPosition until = request.until();
        if (until == null) {
            return Future.succeededFuture();
        }
        return switch (until) {
            case EndPosition.Through bound -> {
                if (bound.cursor().epoch() != epoch) {
                    yield Future.failedFuture(new PlatformException(new RequestError.InvalidCursor()));
                }
                upper = bound.cursor().sequence();
                yield Future.succeededFuture();
            }
            case EndPosition.Before bound ->
                firstFrom(bound.time()).map(first -> {
                    upper = first == 0 ? Long.MAX_VALUE : first - 1;
                    return (Void) null;
                });
        };
    }

    /** The position after which events are young enough. */
    private Future<Long> lowerBound() {
        Instant from = request.from();
        return from == null
                ? Future.succeededFuture(0L)
                : firstFrom(from).map(first -> first == 0 ? Math.max(newest, known) : first - 1);
    }

    /** The first event at or after a time; 0 for none. */
    private Future<Long> firstFrom(Instant time) {
        return home(LeaderQuestions.firstFrom(store, source.subject(), time));
    }

    private Future<HistoryPage> forward(long from) {
        Cursor since = unrecovered == null ? request.since() : null;
        long start = since == null ? from : Math.max(from, since.sequence());
        boolean resumed = since != null && start == since.sequence();
        Future<Void> read = resumed && newest == 0
                // Nothing is left, not even what could tell that something was removed.
                ? isWhole(start).compose(this::noted)
                : collect(start, upper, resumed);
        return read.map(v -> {
            long end = Math.max(start, Math.min(upper, Math.max(newest, known)));
            long next = found.more() ? found.reached(start) : Math.max(found.reached(start), end);
            return new HistoryPage(found.events(), cursor(next), found.more(), opening(start));
        });
    }

    private FeedOpening opening(long start) {
        if (unrecovered == UnrecoveredReason.TRIMMED) {
            return FeedOpening.trimmed(cursor(start), cursor(removed));
        }
        return unrecovered == null
                ? FeedOpening.at(cursor(start))
                : FeedOpening.unrecovered(cursor(start), unrecovered);
    }

    private Cursor cursor(long sequence) {
        return new Cursor(epoch, sequence);
    }

    /**
     * Looks at the events in ({@code after}, {@code through}], until there is enough.
     *
     * @param resumed whether {@code after} is a position that the client knows, so that it matters if events after it are gone
     */
    private Future<Void> collect(long after, long through, boolean resumed) {
        if (after >= newest || after >= through || found.isEnough()) {
            return Future.succeededFuture();
        }
        int limit = isSelective() ? config.pageEvents() : Math.min(config.pageEvents(), found.wanted());
        return page(after, limit).compose(page -> checked(page, resumed)).compose(whole -> {
            Page page = whole.page;
            if (!whole.complete && found.isBegun()) {
                // What was to follow is gone; the client's next question will be told so.
                found.cut();
                return Future.succeededFuture();
            }
            note(whole.complete);
            List<StoredEvent> within = page.events().stream()
                    .filter(event -> event.sequence() <= through)
                    .toList();
            return look(within).compose(v -> after(page, through, resumed));
        });
    }

    private Future<Void> after(Page page, long through, boolean resumed) {
        if (page.reaches(Math.min(newest, through == Long.MAX_VALUE ? through : through + 1)) && page.ended()) {
            return Future.succeededFuture();
        }
        if (page.seen() > page.after()) {
            return collect(page.seen(), through, true);
        }
        return home(store.read(newest)).compose(still -> {
            if (still == null) {
                return Future.succeededFuture();
            }
            // A replica that lags.
            return pause().compose(v -> collect(page.after(), through, resumed));
        });
    }

    private record Checked(Page page, boolean complete) {}

    private Future<Checked> checked(Page page, boolean resumed) {
        // That the event is there on which one stands proves something about its own topic alone.
        if (!resumed || (page.anchored() && source.address() != null)) {
            return Future.succeededFuture(new Checked(page, true));
        }
        return isWhole(page.after()).map(whole -> new Checked(page, whole));
    }

    /**
     * Whether nothing after a position was removed: neither from the front of the stream nor of any of the topics that are read.
     */
    private Future<Boolean> isWhole(long after) {
        Future<StreamState> state = home(store.refresh());
        Subjects.Address address = source.address();
        Future<Long> mark = address == null
                ? home(store.trims().highest(request.tenant(), request.project(), request.topics()))
                : home(store.trims().of(address));
        return Future.all(state, mark).map(both -> {
            removed = Math.max(state.result().firstSequence() - 1, mark.result());
            return removed <= after;
        });
    }

    private void note(boolean whole) {
        if (!whole) {
            unrecovered = UnrecoveredReason.TRIMMED;
        }
    }

    private Future<Void> noted(boolean whole) {
        note(whole);
        return Future.succeededFuture();
    }

    // Which events are wanted.

    private boolean isSelective() {
        return request.filter() != null || !request.topics().isExact();
    }

    /** Takes events in reading order. A filter is evaluated where it holds up nobody: there may be many events to look at. */
    private Future<Void> look(List<StoredEvent> events) {
        EventFilter filter = request.filter();
        if (filter == null) {
            events.forEach(event -> found.look(event, request.topics().matches(event.topic())));
            return Future.succeededFuture();
        }
        Set<StoredEvent> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        return context.executeBlocking(() -> findWanted(events, filter, wanted), false)
                .map(done -> {
                    events.forEach(event -> found.look(event, wanted.contains(event)));
                    return (Void) null;
                });
    }

    private boolean findWanted(List<StoredEvent> events, EventFilter filter, Set<StoredEvent> wanted) {
        for (StoredEvent event : events) {
            if (request.topics().matches(event.topic()) && filter.test(event)) {
                wanted.add(event);
            }
        }
        return !wanted.isEmpty();
    }

    // Backward.

    private Future<HistoryPage> backward(long from) {
        Cursor since = unrecovered == null ? request.since() : null;
        long top = upper == Long.MAX_VALUE ? newest + 1 : Math.min(upper, newest) + 1;
        long before = since == null ? top : Math.min(since.sequence(), top);
        long lowest = Math.max(from, oldest - 1);
        long start = since == null ? Math.min(upper, Math.max(newest, known)) : since.sequence();
        var window = new BackwardWindow(this::count, lowest);
        return collectBackward(window, lowest, before)
                .map(v -> new HistoryPage(found.events(), cursor(found.reached(start)), found.more(), opening(start)));
    }

    /** Looks at the events in ({@code lowest}, {@code before}), newest first, until there is enough. */
    private Future<Void> collectBackward(BackwardWindow search, long lowest, long before) {
        if (before <= lowest + 1 || found.isEnough()) {
            return Future.succeededFuture();
        }
        int wanted = isSelective() ? config.pageEvents() : Math.min(found.wanted(), config.pageEvents());
        return search.below(before - 1, wanted).compose(after -> collectWindow(search, lowest, after, before, wanted));
    }

    private Future<Void> collectWindow(BackwardWindow search, long lowest, long after, long before, int wanted) {
        var window = new NewestOf(wanted);
        return walk(after, before - 1, window::add).compose(v -> {
            List<StoredEvent> events = window.newestFirst();
            if (events.isEmpty() && after > lowest) {
                // Counted while others published: look further back.
                long wider = Math.max(lowest, before - 1 - 2 * (before - 1 - after) - 1);
                return collectWindow(search, lowest, wider, before, wanted);
            }
            if (events.isEmpty()) {
                return Future.succeededFuture();
            }
            long reached = events.getLast().sequence();
            return look(events).compose(looked -> collectBackward(search, lowest, reached));
        });
    }

    /** Takes all events in ({@code after}, {@code through}], in order. */
    private Future<Void> walk(long after, long through, Consumer<StoredEvent> to) {
        if (after >= newest || after >= through) {
            return Future.succeededFuture();
        }
        return page(after, config.pageEvents()).compose(page -> {
            page.events().stream().filter(event -> event.sequence() <= through).forEach(to);
            if (page.reaches(Math.min(newest, through + 1)) && page.ended()) {
                return Future.succeededFuture();
            }
            if (page.seen() > after) {
                return walk(page.seen(), through, to);
            }
            return home(store.read(newest))
                    .compose(still ->
                            still == null ? Future.succeededFuture() : pause().compose(v -> walk(after, through, to)));
        });
    }

    /** How many events there are above a sequence, as of now. */
    private Future<Long> count(long sequence) {
        return page(sequence, 1).map(page -> page.events().size() + page.pending());
    }

    private Future<Page> page(long after, int limit) {
        StoreReader.Purpose purpose = request.bulk() ? StoreReader.Purpose.REPLAY : StoreReader.Purpose.HISTORY;
        return home(reader.page(source, epoch, after, limit, purpose));
    }

    private Future<Void> pause() {
        if (System.nanoTime() - deadline > 0) {
            return Future.failedFuture(StoreReader.unavailable(null));
        }
        return home(context.owner().timer(30, TimeUnit.MILLISECONDS).mapEmpty());
    }

    private <T extends @Nullable Object> Future<T> home(Future<T> foreign) {
        Promise<T> promise = context.promise();
        foreign.onComplete(result -> {
            if (result.succeeded()) {
                promise.tryComplete(result.result());
            } else {
                promise.tryFail(result.cause());
            }
        });
        return promise.future();
    }
}
