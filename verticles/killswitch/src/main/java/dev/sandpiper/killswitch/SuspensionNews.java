package dev.sandpiper.killswitch;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.Wakefulness;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link SuspendedTenants} true: takes words from the bus, which may lose them, and asks PostgreSQL once a second, which does not.
 * A version is confirmed only after everything that it suspends is cut off here. State changes on one context; what others read is
 * volatile.
 */
final class SuspensionNews {
    private static final Logger log = LoggerFactory.getLogger(SuspensionNews.class);

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final String node;
    private final SuspensionStore store;
    private final long pollMillis;
    private final long leaseNanos;
    private final Map<Object, Function<TenantId, Future<?>>> listeners = new ConcurrentHashMap<>();
    private volatile SuspendedTenants known = SuspendedTenants.UNKNOWN;
    /** When what is known was true at the latest, as of {@link System#nanoTime()}. */
    private volatile long verifiedAt;

    private final Wakefulness wakefulness;
    private long confirmed = -1;
    private boolean asking;
    private boolean again;
    private boolean closed;
    private long timer = -1;
    private long heartbeat = -1;
    private @Nullable MessageConsumer<Object> words;

    SuspensionNews(Vertx vertx, String node, SuspensionStore store, KillswitchConfig config) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.bus = new Bus(vertx).register(new SuspensionWord.Codec());
        this.node = node;
        this.store = store;
        this.pollMillis = config.pollInterval().toMillis();
        this.leaseNanos = config.lease().toNanos();
        this.verifiedAt = System.nanoTime();
        this.wakefulness = Wakefulness.until(config.lease());
    }

    SuspendedTenants known() {
        return known;
    }

    /** Whether PostgreSQL has not answered for longer than the lease. */
    boolean isUnverified(long now) {
        return now - verifiedAt > leaseNanos;
    }

    /** Whether the process stood still for so long, and PostgreSQL has not answered since. */
    boolean isThawing(long now) {
        return wakefulness.isBehind(now);
    }

    Wakefulness wakefulness() {
        return wakefulness;
    }

    Runnable onSuspended(Function<TenantId, Future<?>> listener) {
        Object registration = new Object();
        listeners.put(registration, listener);
        return () -> listeners.remove(registration);
    }

    /** Succeeds also when PostgreSQL is away; it is asked again until it answers. */
    Future<Void> start() {
        return onContext(() -> {
            heartbeat = vertx.setPeriodic(pollMillis, id -> wakefulness.ticks());
            words = bus.listen(BusAddresses.SUSPENSIONS, SuspensionWord.class, this::heard);
            return Future.join(words.completion(), ask()).mapEmpty();
        });
    }

    Future<Void> close() {
        return onContext(() -> {
            closed = true;
            vertx.cancelTimer(timer);
            vertx.cancelTimer(heartbeat);
            return words == null ? Future.succeededFuture() : words.unregister();
        });
    }

    void announce(SuspensionWord word) {
        bus.announce(BusAddresses.SUSPENSIONS, word);
    }

    private void heard(SuspensionWord word) {
        take(known.hear(word));
        // Whoever suspended waits for the confirmation.
        ask();
    }

    /** One question at a time; what comes meanwhile makes it ask again. Never fails. */
    private Future<Void> ask() {
        if (asking || closed) {
            again = true;
            return Future.succeededFuture();
        }
        asking = true;
        again = false;
        vertx.cancelTimer(timer);
        long asked = wakefulness.asks();
        long version = confirmed;
        return store.ask(node, version)
                .compose(answer -> learned(answer, asked))
                .transform(result -> {
                    wakefulness.answered(asked, result.succeeded());
                    asking = false;
                    boolean soon = result.succeeded() && result.result();
                    if (result.failed()) {
                        failed(result.cause());
                    }
                    if (!closed) {
                        timer = vertx.setTimer(soon || again ? 1 : pollMillis, id -> ask());
                    }
                    return Future.succeededFuture();
                });
    }

    /** Whether there is a version now that this node has to confirm. */
    private Future<Boolean> learned(SuspensionStore.Answer answer, long asked) {
        verifiedAt = asked;
        if (answer.suspended() == null) {
            return Future.succeededFuture(false);
        }
        return take(known.learn(answer.version(), answer.suspended())).map(done -> {
            confirmed = answer.version();
            return true;
        });
    }

    /** Completes when whoever is suspended by this is cut off. Never fails. */
    private Future<Void> take(SuspendedTenants now) {
        SuspendedTenants before = known;
        known = now;
        List<Future<?>> cuts = now.newSince(before).stream()
                .flatMap(tenant -> listeners.values().stream().map(listener -> cut(listener, tenant)))
                .<Future<?>>map(cut -> cut)
                .toList();
        return Future.join(cuts).otherwiseEmpty().mapEmpty();
    }

    private static Future<?> cut(Function<TenantId, Future<?>> listener, TenantId tenant) {
        try {
            return listener.apply(tenant);
        } catch (RuntimeException e) {
            log.atError().addKeyValue("tenant", tenant).setCause(e).log("A suspended tenant could not be cut off");
            return Future.succeededFuture();
        }
    }

    private static void failed(Throwable failure) {
        boolean away = failure instanceof PlatformException outcome
                && outcome.error() instanceof AvailabilityError.DatabaseUnavailable;
        if (!away) {
            log.atError().setCause(failure).log("Suspensions of tenants could not be read");
        }
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
