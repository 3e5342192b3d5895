package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cache true: takes word of changed keys from the bus, which may lose it, and asks PostgreSQL every few seconds,
 * which does not. Tells listeners about keys that were taken away or expired, at least once and mostly once. Being what asks
 * regularly, it also knows whether PostgreSQL is there, and does the housekeeping.
 *
 * <p>State changes on one context only; what others read is volatile.
 */
final class KeyNews {
    private static final Logger log = LoggerFactory.getLogger(KeyNews.class);

    /** Revocations that are remembered, so that word and poll together tell of each once. */
    private static final int TOLD = 1_000;

    private static final long HOUSEKEEPING_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final KeyWatch watch;
    private final KeyCache cache;
    private final long pollMillis;
    private final KeyStore store;
    private final Tickets tickets;
    private final Map<Object, Consumer<KeyId>> listeners = new ConcurrentHashMap<>();
    private final Map<KeyId, Long> told = new LinkedHashMap<>();
    private final Wakefulness wakefulness;
    private volatile boolean databaseAway;
    private @Nullable MessageConsumer<Object> announcements;
    private boolean closed;
    private long timer = -1;
    private long lastHousekeeping = System.nanoTime();

    KeyNews(Vertx vertx, KeyWatch watch, KeyCache cache, Duration pollInterval, KeyStore store, Tickets tickets) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.bus = new Bus(vertx).register(new KeyChangeCodec());
        this.watch = watch;
        this.cache = cache;
        this.pollMillis = pollInterval.toMillis();
        this.wakefulness = new Wakefulness(pollInterval);
        this.store = store;
        this.tickets = tickets;
    }

    /** Since the last question, by whoever asked it. */
    boolean isDatabaseAway() {
        return databaseAway;
    }

    /**
     * Whether this node was frozen, so that what it knows may have been overtaken. Until PostgreSQL has answered, no key is to be
     * believed.
     */
    boolean isBehind(long now) {
        return wakefulness.isBehind(now);
    }

    Wakefulness wakefulness() {
        return wakefulness;
    }

    void loadFailed(Throwable failure) {
        if (isUnavailable(failure)) {
            databaseAway = true;
            return;
        }
        log.atError().setCause(failure).log("An API key could not be loaded");
    }

    Runnable onRevoked(Consumer<KeyId> listener) {
        Object registration = new Object();
        listeners.put(registration, listener);
        return () -> listeners.remove(registration);
    }

    Future<Void> start() {
        return onContext(() -> {
            announcements = bus.listen(BusAddresses.KEYS, KeyChange.class, this::heard);
            return Future.join(announcements.completion(), poll()).mapEmpty();
        });
    }

    Future<Void> close() {
        return onContext(() -> {
            closed = true;
            vertx.cancelTimer(timer);
            Future<Void> deaf = announcements == null ? Future.succeededFuture() : announcements.unregister();
            return Future.join(deaf, keepHouse()).mapEmpty();
        });
    }

    /** Asks, and once answered, arranges for being asked again. Never fails. */
    private Future<Void> poll() {
        long asked = wakefulness.asks();
        return watch.poll().transform(result -> {
            long delay = pollMillis;
            if (result.succeeded()) {
                databaseAway = false;
                take(result.result());
                delay = Math.min(delay, result.result().pause().toMillis());
                keepHouseInAWhile();
            } else {
                pollFailed(result.cause());
            }
            // Not before what was missed is known.
            wakefulness.answered(asked, result.succeeded());
            if (!closed) {
                timer = vertx.setTimer(Math.max(1, delay), id -> poll());
            }
            return Future.succeededFuture();
        });
    }

    private void take(KeyWatch.News news) {
        if (news.forgetAll()) {
            cache.clear();
        }
        news.changes().forEach(this::changed);
        news.expired().forEach(this::tell);
    }

    /** What changed may be when a key ends: look when the next one does. */
    private void heard(KeyChange change) {
        changed(change);
        if (change.kind() != KeyChange.Kind.GONE && !closed && vertx.cancelTimer(timer)) {
            timer = vertx.setTimer(1, id -> poll());
        }
    }

    private void changed(KeyChange change) {
        cache.changed(change, System.nanoTime());
        if (!change.cuts()) {
            return;
        }
        // The cache cannot tell what is news: it may have loaded the key, revoked, before the word of it came.
        Long before = told.put(change.id(), change.version());
        if (before != null && before >= change.version()) {
            return;
        }
        if (told.size() > TOLD) {
            told.remove(told.keySet().iterator().next());
        }
        log.atInfo().addKeyValue("key_id", change.id()).log("Rights of an API key were taken away");
        tell(change.id());
    }

    private void tell(KeyId id) {
        for (Consumer<KeyId> listener : listeners.values()) {
            try {
                listener.accept(id);
            } catch (RuntimeException e) {
                log.atError().addKeyValue("key_id", id).setCause(e).log("A listener for revoked API keys failed");
            }
        }
    }

    private void pollFailed(Throwable failure) {
        if (isUnavailable(failure)) {
            databaseAway = true;
            return;
        }
        log.atError().setCause(failure).log("Changes of API keys could not be read");
    }

    private void keepHouseInAWhile() {
        long now = System.nanoTime();
        if (now - lastHousekeeping >= HOUSEKEEPING_NANOS) {
            lastHousekeeping = now;
            keepHouse();
        }
    }

    /** Writes down which keys were used and removes dead tickets. Never fails. */
    private Future<Void> keepHouse() {
        Map<String, String> used = cache.takeUsed();
        Future<Void> touched = used.isEmpty() ? Future.succeededFuture() : store.touch(used);
        return Future.join(touched, tickets.purge()).transform(done -> {
            if (done.failed()) {
                log.atWarn().setCause(done.cause()).log("Housekeeping of credentials failed");
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }

    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof PlatformException outcome
                && outcome.error() instanceof AvailabilityError.DatabaseUnavailable;
    }
}
