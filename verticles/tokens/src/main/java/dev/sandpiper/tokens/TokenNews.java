package dev.sandpiper.tokens;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.auth.Wakefulness;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps issuers and revocations true: takes word from the bus, which may lose it, and asks PostgreSQL every few seconds, which does not.
 * One question at a time; word that comes meanwhile makes it ask again. Being what asks regularly, it knows how far behind this node may
 * be, and does the housekeeping.
 *
 * <p>State changes on one context only; what others read is volatile.
 */
final class TokenNews {
    private static final Logger log = LoggerFactory.getLogger(TokenNews.class);
    private static final long HOUSEKEEPING_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final TokenStore store;
    private final IssuerBook issuers;
    private final RevocationBook revocations;
    private final VerifiedCache cache;
    private final Clock clock;
    private final long pollMillis;
    private final Wakefulness wakefulness;
    private final long staleNanos;
    private final Map<Object, Runnable> listeners = new ConcurrentHashMap<>();
    private volatile boolean loaded;
    private volatile long answeredAt = System.nanoTime();
    private long issuerVersion;
    private long revocationVersion;
    private @Nullable MessageConsumer<Object> announcements;
    private boolean asking;
    private boolean again;
    private boolean closed;
    private long timer = -1;
    private long lastHousekeeping = System.nanoTime();

    TokenNews(
            Vertx vertx,
            TokenStore store,
            IssuerBook issuers,
            RevocationBook revocations,
            VerifiedCache cache,
            Duration pollInterval,
            Duration staleLimit,
            Clock clock) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.bus = new Bus(vertx).register(new TokenChange.Codec());
        this.store = store;
        this.issuers = issuers;
        this.revocations = revocations;
        this.cache = cache;
        this.clock = clock;
        this.pollMillis = pollInterval.toMillis();
        this.wakefulness = new Wakefulness(pollInterval);
        this.staleNanos = staleLimit.toNanos();
    }

    Wakefulness wakefulness() {
        return wakefulness;
    }

    /**
     * Whether what this node knows can be relied on. It cannot before everything was read once, after the process was frozen, and when
     * PostgreSQL is away for too long: something may have been revoked of which no word came.
     */
    boolean isCurrent(long now) {
        return loaded && !wakefulness.isBehind(now) && now - answeredAt <= staleNanos;
    }

    /** Whether every issuer is known. */
    boolean isLoaded() {
        return loaded;
    }

    Runnable onRevoked(Runnable listener) {
        Object registration = new Object();
        listeners.put(registration, listener);
        return () -> listeners.remove(registration);
    }

    /** Succeeds also when PostgreSQL is away; it is asked until it answers. */
    Future<Void> start() {
        return onContext(() -> {
            announcements = bus.listen(BusAddresses.TOKENS, TokenChange.class, this::heard);
            Promise<Void> asked = Promise.promise();
            ask().onComplete(asked);
            return Future.join(announcements.completion(), asked.future()).mapEmpty();
        });
    }

    Future<Void> close() {
        return onContext(() -> {
            closed = true;
            vertx.cancelTimer(timer);
            return announcements == null ? Future.succeededFuture() : announcements.unregister();
        });
    }

    /** Takes what this node itself has just stored, so that whoever is answered may rely on it here at once. */
    Future<Void> stored(TokenStore.IssuerState state) {
        return onContext(() -> {
            // One that this node cannot use, it does not begin to use by a change.
            Issuer issuer = state.issuer();
            boolean usable = issuer == null || issuer.secret() != null || issuer.type() == IssuerType.JWKS;
            if (usable) {
                issuers.take(state);
                tell();
            }
            return Future.succeededFuture();
        });
    }

    /** Tells every node, this one included. After PostgreSQL has it. */
    void announce(TokenChange change) {
        bus.announce(BusAddresses.TOKENS, change);
    }

    private void heard(TokenChange change) {
        Revocation revocation = change.revocation();
        if (revocation == null) {
            ask();
        } else {
            revocations.take(revocation);
            tell();
        }
    }

    /** Asks until there is nothing new; while that goes on, only notes that it was called. Never fails. */
    private Future<Void> ask() {
        if (asking || closed) {
            again = true;
            return Future.succeededFuture();
        }
        asking = true;
        again = false;
        vertx.cancelTimer(timer);
        long asked = wakefulness.asks();
        return store.issuersSince(issuerVersion)
                .compose(changes -> store.revocationsSince(revocationVersion, clock.instant())
                        .map(revoked -> take(changes, revoked)))
                .transform(result -> {
                    asking = false;
                    wakefulness.answered(asked, result.succeeded());
                    if (result.succeeded()) {
                        answered(asked, result.result());
                    } else {
                        failed(result.cause());
                    }
                    if (!closed && result.succeeded() && (result.result() || again)) {
                        return ask();
                    }
                    if (!closed) {
                        timer = vertx.setTimer(pollMillis, id -> ask());
                    }
                    return Future.succeededFuture();
                });
    }

    private void answered(long asked, boolean more) {
        answeredAt = asked;
        loaded |= !more;
        long now = System.nanoTime();
        if (now - lastHousekeeping >= HOUSEKEEPING_NANOS) {
            lastHousekeeping = now;
            revocations.forgetExpired(clock.instant());
            cache.forgetExpired(clock.millis());
            store.purge(clock.instant())
                    .onFailure(e -> log.atWarn().setCause(e).log("Old revocations could not be removed"));
        }
    }

    /** Whether there is more to ask for. */
    private boolean take(TokenStore.Changes<TokenStore.IssuerState> changes, TokenStore.Changes<Revocation> revoked) {
        if (changes.startAgain() || revoked.startAgain()) {
            // What was revoked stays so: to forget it would be to believe what nobody vouches for.
            loaded = false;
            issuers.clear();
            issuerVersion = 0;
            revocationVersion = 0;
            return true;
        }
        changes.changed().forEach(issuers::take);
        revoked.changed().forEach(revocations::take);
        issuerVersion = changes.version();
        revocationVersion = revoked.version();
        boolean more = changes.more() || revoked.more();
        if (loaded && !(changes.changed().isEmpty() && revoked.changed().isEmpty())) {
            tell();
        }
        return more;
    }

    private void tell() {
        for (Runnable listener : listeners.values()) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.atError().setCause(e).log("A listener for revoked tokens failed");
            }
        }
    }

    private void failed(Throwable failure) {
        boolean away = failure instanceof PlatformException outcome
                && outcome.error() instanceof AvailabilityError.DatabaseUnavailable;
        if (!away) {
            log.atError().setCause(failure).log("Changes of issuers and revocations could not be read");
        }
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
