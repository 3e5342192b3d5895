package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamState;
import dev.sandpiper.runtime.nats.Subjects;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of a topic's past. Each call stands for itself; everything of one call runs on its caller's context.
 *
 * <p>The stream only reads forward. Backward, a page is found by counting how many events of the topic lie above a sequence,
 * which the server knows without reading them, and halving until a window holds about as many as wanted.
 */
final class HistoryReader {
    private static final int MAX_PAGE_BYTES = 4 << 20;

    private final Vertx vertx;
    private final EventStore store;
    private final StoreReader reader;
    private final FeedConfig config;

    HistoryReader(Vertx vertx, EventStore store, StoreReader reader, FeedConfig config) {
        this.vertx = vertx;
        this.store = store;
        this.reader = reader;
        this.config = config;
    }

    /** Fails with {@code EVENT_STORE_UNAVAILABLE} when the store does not answer in time. */
    Future<HistoryPage> read(HistoryRequest request) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        Promise<HistoryPage> answer = context.promise();
        long timer =
                vertx.setTimer(config.openTimeout().toMillis(), id -> answer.tryFail(StoreReader.unavailable(null)));
        new Reading(request, context).run().onComplete(result -> {
            vertx.cancelTimer(timer);
            if (result.succeeded()) {
                answer.tryComplete(result.result());
            } else {
                answer.tryFail(result.cause());
            }
        });
        return answer.future();
    }

    /** One call. */
    private final class Reading {
        private final HistoryRequest request;
        private final ContextInternal context;
        private final Subjects.Address address;
        private final String subject;
        private final long deadline;
        private int epoch;
        private long known;
        private long newest;
        private long oldest;
        private long removed;
        private @Nullable UnrecoveredReason unrecovered;

        Reading(HistoryRequest request, ContextInternal context) {
            this.request = request;
            this.context = context;
            this.address = new Subjects.Address(request.tenant(), request.project(), request.topic());
            this.subject = store.subjects().stored(request.tenant(), request.project(), request.topic());
            this.deadline = System.nanoTime() + config.openTimeout().toNanos();
        }

        Future<HistoryPage> run() {
            // First how far the stream reaches, then the topic's newest: so it has nothing between the two.
            return home(store.refresh())
                    .compose(this::judge)
                    .compose(v -> home(store.readLast(subject)))
                    .compose(last -> {
                        newest = last == null ? 0 : last.sequence();
                        return lowerBound();
                    })
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

        /** The position after which events are young enough. */
        private Future<Long> lowerBound() {
            if (request.from() == null) {
                return Future.succeededFuture(0L);
            }
            return home(LeaderQuestions.firstFrom(store, subject, request.from()))
                    .map(first -> first == 0 ? Math.max(newest, known) : first - 1);
        }

        private Future<HistoryPage> forward(long from) {
            Cursor since = unrecovered == null ? request.since() : null;
            long start = since == null ? from : Math.max(from, since.sequence());
            var found = new Found(request.limit() + 1);
            boolean resumed = since != null && start == since.sequence();
            Future<Void> read = resumed && newest == 0
                    // Nothing of the topic is left, not even what could tell that something was removed.
                    ? isWhole(start).compose(this::noted)
                    : collect(start, Long.MAX_VALUE, found, resumed);
            return read.map(v -> forwardPage(found, start));
        }

        private HistoryPage forwardPage(Found found, long start) {
            List<StoredEvent> events = found.events;
            boolean more = events.size() > request.limit() || found.cut;
            if (events.size() > request.limit()) {
                events = events.subList(0, request.limit());
            }
            long last = events.isEmpty() ? start : events.get(events.size() - 1).sequence();
            long next = more ? last : Math.max(Math.max(last, newest), known);
            return new HistoryPage(events, cursor(next), more, opening(start));
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
         * Adds the topic's events in ({@code after}, {@code through}], until there is enough.
         *
         * @param resumed whether {@code after} is a position that the client knows, so that it matters if events after it are gone
         */
        private Future<Void> collect(long after, long through, Found found, boolean resumed) {
            if (after >= newest || after >= through || found.isEnough()) {
                return Future.succeededFuture();
            }
            int limit = Math.min(config.pageEvents(), found.wanted());
            return page(after, limit).compose(page -> checked(page, resumed)).compose(whole -> {
                Page page = whole.page;
                if (!whole.complete && !found.isEmpty()) {
                    // What was to follow is gone; the client's next question will be told so.
                    found.cut = true;
                    return Future.succeededFuture();
                }
                note(whole.complete);
                for (StoredEvent event : page.events()) {
                    if (event.sequence() <= through) {
                        found.add(event);
                    }
                }
                if (page.reaches(Math.min(newest, through == Long.MAX_VALUE ? through : through + 1)) && page.ended()) {
                    return Future.succeededFuture();
                }
                if (page.seen() > page.after()) {
                    return collect(page.seen(), through, found, true);
                }
                return home(store.read(newest)).compose(still -> {
                    if (still == null) {
                        return Future.succeededFuture();
                    }
                    // A replica that lags.
                    return pause().compose(v -> collect(after, through, found, resumed));
                });
            });
        }

        private record Checked(Page page, boolean complete) {}

        private Future<Checked> checked(Page page, boolean resumed) {
            if (page.anchored() || !resumed) {
                return Future.succeededFuture(new Checked(page, true));
            }
            return isWhole(page.after()).map(whole -> new Checked(page, whole));
        }

        /** Whether nothing after a position was removed: neither from the front of the stream nor of the topic. */
        private Future<Boolean> isWhole(long after) {
            Future<StreamState> state = home(store.refresh());
            Future<Long> mark = home(store.trims().of(address));
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

        private Future<Page> page(long after, int limit) {
            return home(reader.page(subject, address, epoch, after, limit, StoreReader.Purpose.HISTORY));
        }

        private Future<Void> pause() {
            if (System.nanoTime() - deadline > 0) {
                return Future.failedFuture(StoreReader.unavailable(null));
            }
            return home(vertx.timer(30, TimeUnit.MILLISECONDS).mapEmpty());
        }

        // Backward.

        private Future<HistoryPage> backward(long from) {
            Cursor since = unrecovered == null ? request.since() : null;
            long before = since == null ? newest + 1 : Math.min(since.sequence(), newest + 1);
            long lowest = Math.max(from, oldest - 1);
            var found = new Found(request.limit() + 1);
            long start = since == null ? Math.max(newest, known) : since.sequence();
            return collectBackward(lowest, before, found).map(v -> {
                List<StoredEvent> events = found.events;
                boolean more = events.size() > request.limit() || found.cut;
                if (events.size() > request.limit()) {
                    events = events.subList(0, request.limit());
                }
                long next =
                        events.isEmpty() ? start : events.get(events.size() - 1).sequence();
                return new HistoryPage(events, cursor(next), more, opening(start));
            });
        }

        /** Adds the topic's events in ({@code lowest}, {@code before}), newest first, until there is enough. */
        private Future<Void> collectBackward(long lowest, long before, Found found) {
            if (before <= lowest + 1 || found.isEnough()) {
                return Future.succeededFuture();
            }
            int wanted = Math.min(found.wanted(), config.pageEvents());
            return count(before - 1)
                    .compose(above -> window(lowest, before - 1, lowest, wanted, above, lowest))
                    .compose(after -> collectWindow(lowest, after, before, wanted, found));
        }

        private Future<Void> collectWindow(long lowest, long after, long before, int wanted, Found found) {
            var window = new Found(Integer.MAX_VALUE, wanted);
            return collect(after, before - 1, window, false).compose(v -> {
                if (window.events.isEmpty() && after > lowest) {
                    // Counted while others published: look further back.
                    long wider = Math.max(lowest, before - 1 - 2 * (before - 1 - after) - 1);
                    return collectWindow(lowest, wider, before, wanted, found);
                }
                if (window.events.isEmpty()) {
                    return Future.succeededFuture();
                }
                long reached = window.events.get(0).sequence();
                Collections.reverse(window.events);
                window.events.forEach(found::add);
                return collectBackward(lowest, reached, found);
            });
        }

        /**
         * Finds a sequence with about {@code wanted} events of the topic in (it, {@code high}]; never with fewer, if there are
         * as many above {@code lowest}.
         *
         * @param low with at least as many as wanted, or {@code lowest}
         * @param high with fewer
         * @param above how many there are above the window
         * @param guess to try next
         */
        private Future<Long> window(long low, long high, long guess, int wanted, long above, long lowest) {
            return count(guess).compose(count -> {
                long within = count - above;
                int slack = Math.max(16, wanted / 4);
                if (guess == lowest && within <= wanted + slack) {
                    return Future.succeededFuture(lowest);
                }
                if (within >= wanted && within <= wanted + slack) {
                    return Future.succeededFuture(guess);
                }
                long newLow = within >= wanted ? guess : low;
                long newHigh = within >= wanted ? high : guess;
                if (newHigh - newLow <= 1) {
                    return Future.succeededFuture(newLow);
                }
                long next = newLow + (newHigh - newLow) / 2;
                if (guess == lowest) {
                    // The first step assumes that the topic's events are spread evenly.
                    long share = Math.max(wanted, (high - lowest) * (wanted + slack / 2) / Math.max(1, within));
                    next = Math.max(lowest + 1, Math.min(high - 1, high - share));
                }
                return window(newLow, newHigh, next, wanted, above, lowest);
            });
        }

        /** How many events the topic has above a sequence, as of now. */
        private Future<Long> count(long sequence) {
            return page(sequence, 1).map(page -> page.events().size() + page.pending());
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

    /** What was found so far, bounded by count and bytes. */
    private static final class Found {
        final List<StoredEvent> events = new ArrayList<>();
        private final int max;
        private final int keepNewest;
        private long bytes;
        boolean cut;

        Found(int max) {
            this(max, Integer.MAX_VALUE);
        }

        /** @param keepNewest how many of the last added to keep */
        Found(int max, int keepNewest) {
            this.max = max;
            this.keepNewest = keepNewest;
        }

        void add(StoredEvent event) {
            if (cut || events.size() >= max) {
                return;
            }
            if (bytes > 0 && bytes + event.weight() > MAX_PAGE_BYTES && keepNewest == Integer.MAX_VALUE) {
                cut = true;
                return;
            }
            events.add(event);
            bytes += event.weight();
            while (events.size() > keepNewest
                    || (bytes > MAX_PAGE_BYTES && keepNewest != Integer.MAX_VALUE && events.size() > 1)) {
                bytes -= events.remove(0).weight();
            }
        }

        boolean isEmpty() {
            return events.isEmpty();
        }

        boolean isEnough() {
            return cut || events.size() >= max;
        }

        int wanted() {
            return max - events.size();
        }
    }
}
