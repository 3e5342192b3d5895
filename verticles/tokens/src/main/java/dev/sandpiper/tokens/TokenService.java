package dev.sandpiper.tokens;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.auth.Wakefulness;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.tokens.jose.JwsKey;
import dev.sandpiper.tokens.outbound.Networks;
import dev.sandpiper.tokens.outbound.Outbound;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Everything about the users of customers, put together. One per node. */
public final class TokenService {
    private static final int WORKERS = 2;
    private static final int MAX_FAILURES = 5;
    private static final long RESET_MILLIS = 10_000;

    private final Vertx vertx;
    private final TokensConfig config;
    private final TokenStore store;
    private final TokenMetrics metrics;
    private final Clock clock;
    private final Outbound outbound;
    private final WorkerExecutor workers;
    private final TokenChecker.Workshop tokens;
    private final HandlerChecker.Workshop handlers;
    private final TokenNews news;
    private final UserCredentials credentials;

    /**
     * @param keys checks what is no credential of a user
     * @param staleLimit how long what is known holds while PostgreSQL is away
     * @param local what an embedding application checks itself, by the name before the {@code ~}; fails with a {@link
     *     dev.sandpiper.domain.PlatformException}
     */
    public TokenService(
            Vertx vertx,
            TokenStore store,
            Authenticator keys,
            TokensConfig config,
            Duration staleLimit,
            MeterRegistry registry,
            Clock clock,
            Map<String, Function<String, Future<Principal>>> local) {
        this.vertx = vertx;
        this.config = config;
        this.store = store;
        this.clock = clock;
        this.metrics = new TokenMetrics(registry);
        this.outbound = new Outbound(
                vertx,
                Networks.allowing(config.allowed()),
                config.outboundTimeout(),
                TokensConfig.MAX_ANSWER,
                config.trusted());
        this.workers = vertx.createSharedWorkerExecutor("sandpiper-tokens", WORKERS, 1, TimeUnit.MINUTES);
        this.tokens = new TokenChecker.Workshop(
                workers, new AtomicInteger(), TokensConfig.MAX_WAITING, config.maxLifetime(), clock);
        this.handlers = new HandlerChecker.Workshop(outbound, config, metrics, clock);
        var issuers = new IssuerBook(this::checker);
        var revocations = new RevocationBook();
        var cache = new VerifiedCache(config.cacheSize());
        this.news = new TokenNews(vertx, store, issuers, revocations, cache, config.pollInterval(), staleLimit, clock);
        this.credentials = new UserCredentials(
                vertx, keys, issuers, revocations, cache, news, metrics, config.refusedLifetime(), clock, local);
        metrics.gauges(cache::size, issuers::size, revocations::size);
    }

    /** Whether this node may have missed that a token was taken away. */
    public Wakefulness wakefulness() {
        return news.wakefulness();
    }

    /** Begins to follow changes. Succeeds also when PostgreSQL is away: users are let in once it has answered. */
    public Future<Void> start() {
        return news.start();
    }

    public Future<Void> close() {
        return news.close().eventually(outbound::close).eventually(workers::close);
    }

    /** Lets in users as well as the holders of keys. */
    public Authenticator authenticator() {
        return credentials;
    }

    TokenNews news() {
        return news;
    }

    public Routes routes() {
        return new IssuerRoutes(new TokenAdmin(store, news, config, clock));
    }

    private Checker checker(Issuer issuer) {
        return switch (issuer.type()) {
            case SECRET ->
                new TokenChecker(
                        issuer, TokenChecker.only(JwsKey.hs256(Objects.requireNonNull(issuer.secret()))), tokens);
            case JWKS -> new TokenChecker(issuer, remoteKeys(Objects.requireNonNull(issuer.url()))::find, tokens);
            case HANDLER -> new HandlerChecker(issuer, breaker(issuer), handlers);
        };
    }

    private RemoteKeys remoteKeys(URI url) {
        return new RemoteKeys(url, outbound, config, metrics, System::nanoTime);
    }

    private CircuitBreaker breaker(Issuer issuer) {
        return CircuitBreaker.create(
                "handler-" + issuer.id().value(),
                vertx,
                new CircuitBreakerOptions()
                        .setMaxFailures(MAX_FAILURES)
                        .setResetTimeout(RESET_MILLIS)
                        // The request has a time limit of its own, which also ends it.
                        .setTimeout(2 * config.outboundTimeout().toMillis())
                        .setNotificationPeriod(0));
    }
}
