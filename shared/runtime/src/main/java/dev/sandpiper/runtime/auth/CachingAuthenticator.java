package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.postgres.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks API keys against a cache over PostgreSQL. One per node, used by all its event loops.
 *
 * <p>A key that is known answers at once, without a lock or a query. It is loaded again before its lifetime ends, in the
 * background, so that a key in use never waits. Revocations do not wait for the lifetime: see {@link KeyNews}. While
 * PostgreSQL is away, known keys keep working up to a limit and unknown ones fail with {@code DATABASE_UNAVAILABLE}; expiry
 * is respected all the while. A node that was frozen believes no key before it has asked again.
 */
public final class CachingAuthenticator implements Authenticator {
    /** Shared by all refusals: {@link PlatformException} has no stack trace and nothing of the request in it. */
    private static final Future<Principal> REFUSED =
            Future.failedFuture(new PlatformException(new CredentialError.InvalidApiKey()));

    private static final byte[] NO_HMAC = new byte[32];

    private final Clock clock;
    private final Peppers peppers;
    private final KeyStore store;
    private final KeyCache cache;
    private final KeyLoader loader;
    private final KeyNews news;
    private final Tickets tickets;
    private final Duration ticketLifetime;
    private final long lifetime;
    private final long refreshAge;
    private final long staleLimit;
    private final Counter hits;
    private final Counter misses;
    private final Counter stale;
    private final Counter refusals;

    /** @param secret the installation's own, the same on every node, at least 16 bytes */
    public CachingAuthenticator(
            Vertx vertx, Database database, AuthConfig config, Secret secret, MeterRegistry registry) {
        this(vertx, database, config, secret, registry, Clock.systemUTC());
    }

    public CachingAuthenticator(
            Vertx vertx, Database database, AuthConfig config, Secret secret, MeterRegistry registry, Clock clock) {
        this.store = new KeyStore(database, clock);
        this.clock = clock;
        this.peppers = Peppers.of(config, secret);
        this.cache = new KeyCache(config.cacheSize(), config.missingLifetime(), peppers);
        this.loader = new KeyLoader(vertx, store, cache, peppers);
        this.ticketLifetime = config.ticketLifetime();
        this.tickets = new Tickets(database, ticketLifetime, clock);
        this.news = new KeyNews(vertx, new KeyWatch(database, clock), cache, config.pollInterval(), store, tickets);
        this.lifetime = config.cacheLifetime().toNanos();
        this.refreshAge = lifetime / 3 * 2;
        this.staleLimit = config.staleLimit().toNanos();
        this.hits = counter(registry, "hit");
        this.misses = counter(registry, "miss");
        this.stale = counter(registry, "stale");
        this.refusals = Counter.builder("sandpiper.auth.refused")
                .description("Credentials that were refused")
                .register(registry);
        Gauge.builder("sandpiper.auth.keys", cache, KeyCache::size)
                .description("API keys that this node remembers")
                .register(registry);
    }

    /** Whether this node may have missed a revocation. */
    public Wakefulness wakefulness() {
        return news.wakefulness();
    }

    /** Begins to listen for revocations. Succeeds also when PostgreSQL is away; it is asked again until it answers. */
    public Future<Void> start() {
        return news.start();
    }

    public Future<Void> close() {
        return news.close();
    }

    @Override
    public Future<Principal> authenticate(String credential, Caller caller) {
        ApiKey presented = ApiKey.parse(credential);
        if (presented == null) {
            return refused();
        }
        String id = presented.id();
        long now = System.nanoTime();
        CachedKey known = cache.get(id);
        if (known == null) {
            return cache.isMissing(id, now) ? unknown(presented) : load(presented, caller, null, now);
        }
        if (known.state() == CachedKey.State.OUTDATED || news.isBehind(now)) {
            return load(presented, caller, null, now);
        }
        long age = known.age(now);
        if (age >= lifetime && !(news.isDatabaseAway() && age < staleLimit)) {
            return load(presented, caller, known, now);
        }
        if (age >= refreshAge && !news.isDatabaseAway() && !loader.isLoading(id)) {
            refresh(id, now);
        }
        (age < lifetime ? hits : stale).increment();
        return answer(presented, caller, known);
    }

    @Override
    public Future<Principal> redeem(String ticket, Caller caller) {
        return tickets.redeem(ticket, caller);
    }

    @Override
    public Future<String> issueTicket(Principal principal) {
        return tickets.issue(principal);
    }

    @Override
    public Duration ticketLifetime() {
        return ticketLifetime;
    }

    @Override
    public Runnable onRevoked(Consumer<KeyId> onRevoked) {
        return news.onRevoked(onRevoked);
    }

    /** @param known what to fall back on when PostgreSQL cannot be reached */
    private Future<Principal> load(ApiKey presented, Caller caller, @Nullable CachedKey known, long now) {
        misses.increment();
        return loader.load(presented.id(), now).transform(loaded -> {
            if (loaded.succeeded()) {
                Optional<CachedKey> key = loaded.result();
                return key.isPresent() ? answer(presented, caller, key.get()) : unknown(presented);
            }
            news.loadFailed(loaded.cause());
            if (known != null && known.age(System.nanoTime()) < staleLimit) {
                stale.increment();
                return answer(presented, caller, known);
            }
            return Future.failedFuture(loaded.cause());
        });
    }

    private void refresh(String id, long now) {
        loader.load(id, now).onFailure(news::loadFailed);
    }

    private Future<Principal> answer(ApiKey presented, Caller caller, CachedKey key) {
        Future<Principal> answer = key.answer(presented, clock.millis(), caller);
        if (answer == null) {
            return refused();
        }
        Pepper former = key.takeFormerPepper(peppers.current());
        if (former != null) {
            goOver(presented, former);
        }
        return answer;
    }

    /** So that a former pepper can be taken out of the configuration once all keys in use have gone over. */
    private void goOver(ApiKey presented, Pepper former) {
        Pepper current = peppers.current();
        store.rehash(presented.id(), former.id(), current.id(), current.hmac(presented))
                .onFailure(news::loadFailed);
    }

    /** Takes as long as a wrong secret, so that the time does not tell which ids exist. */
    private Future<Principal> unknown(ApiKey presented) {
        peppers.current().matches(presented, NO_HMAC);
        return refused();
    }

    private Future<Principal> refused() {
        refusals.increment();
        return REFUSED;
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("sandpiper.auth.lookups")
                .description("Well-formed API keys looked up: known, loaded, or known from before PostgreSQL went away")
                .tag("result", result)
                .register(registry);
    }
}
