package dev.sandpiper.tokens;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.auth.Caller;
import dev.sandpiper.tokens.VerifiedCache.Fingerprint;
import dev.sandpiper.tokens.VerifiedCache.Verified;
import dev.sandpiper.tokens.jose.Jws;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets users in beside the holders of API keys. A credential that looks like a key goes where keys are checked; a token is for the project
 * that it names in {@code aud}; and {@code <issuer id>~<anything>} is for that issuer. A credential that was verified answers at once
 * until it ends, at the cost of a hash, unless it was revoked or its issuer changed.
 *
 * <p>Nothing tells from outside why a credential is not believed. One per node, used by all its event loops.
 */
public final class UserCredentials implements Authenticator {
    private static final String KEY = "sp_";
    private static final char SEPARATOR = '~';

    private static final Future<Principal> REFUSED = Future.failedFuture(InvalidTokens.invalid());
    private static final Future<Principal> BEHIND =
            Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable()));

    private final Vertx vertx;
    private final Authenticator keys;
    private final IssuerBook issuers;
    private final RevocationBook revocations;
    private final VerifiedCache cache;
    private final TokenNews news;
    private final TokenMetrics metrics;
    private final Duration refusedLifetime;
    private final Clock clock;
    private final Map<String, Function<String, Future<Principal>>> local;

    UserCredentials(
            Vertx vertx,
            Authenticator keys,
            IssuerBook issuers,
            RevocationBook revocations,
            VerifiedCache cache,
            TokenNews news,
            TokenMetrics metrics,
            Duration refusedLifetime,
            Clock clock,
            Map<String, Function<String, Future<Principal>>> local) {
        this.vertx = vertx;
        this.keys = keys;
        this.issuers = issuers;
        this.revocations = revocations;
        this.cache = cache;
        this.news = news;
        this.metrics = metrics;
        this.refusedLifetime = refusedLifetime;
        this.clock = clock;
        this.local = Map.copyOf(local);
    }

    @Override
    public Future<Principal> authenticate(String credential, Caller caller) {
        if (credential.startsWith(KEY)) {
            return keys.authenticate(credential, caller);
        }
        int separator = credential.indexOf(SEPARATOR);
        if (separator < 0 && credential.indexOf('.') < 0) {
            return keys.authenticate(credential, caller);
        }
        if (!news.isCurrent(System.nanoTime())) {
            metrics.unavailable();
            return BEHIND;
        }
        Function<String, Future<Principal>> application =
                separator > 0 ? local.get(credential.substring(0, separator)) : null;
        return application == null
                ? user(credential, separator)
                : home(application.apply(credential.substring(separator + 1))).compose(this::unlessRevoked);
    }

    private Future<Principal> user(String credential, int separator) {
        Fingerprint fingerprint = Fingerprint.of(credential);
        long now = clock.millis();
        Verified known = cache.get(fingerprint);
        if (known != null) {
            if (known.expiresAt() > now && issuers.isCurrent(known.checker())) {
                return known(known);
            }
            cache.remove(fingerprint, known);
        }
        if (cache.isRefused(fingerprint, now)) {
            return refused();
        }
        Checker checker = separator < 0 ? named(credential) : identified(credential.substring(0, separator));
        if (checker == null) {
            return refused();
        }
        Future<Testimony> checked = checker.check(separator < 0 ? credential : credential.substring(separator + 1));
        return home(checked).transform(result -> outcome(fingerprint, checker, result));
    }

    private Future<Principal> known(Verified known) {
        if (revocations.revokes(known.principal())) {
            return refused();
        }
        metrics.hit();
        return known.answer();
    }

    private Future<Principal> outcome(Fingerprint fingerprint, Checker checker, AsyncResult<Testimony> result) {
        if (result.failed()) {
            return failed(fingerprint, checker, result.cause());
        }
        Principal principal = result.result().principal(checker.issuer());
        if (revocations.revokes(principal)) {
            return refused();
        }
        metrics.verified();
        Future<Principal> answer = Future.succeededFuture(principal);
        long expiresAt = result.result().expiresAt().toEpochMilli();
        cache.put(fingerprint, new Verified(checker, principal, answer, expiresAt));
        return answer;
    }

    private Future<Principal> failed(Fingerprint fingerprint, Checker checker, Throwable failure) {
        boolean invalid = failure instanceof PlatformException e && e.error() instanceof CredentialError.InvalidToken;
        if (!invalid) {
            metrics.unavailable();
            return Future.failedFuture(failure);
        }
        if (checker instanceof HandlerChecker) {
            cache.refuse(fingerprint, clock.millis() + refusedLifetime.toMillis());
        }
        return refused();
    }

    private Future<Principal> unlessRevoked(Principal principal) {
        return revocations.revokes(principal) ? refused() : Future.succeededFuture(principal);
    }

    private Future<Principal> refused() {
        metrics.refused();
        return REFUSED;
    }

    private @Nullable Checker identified(String id) {
        try {
            return issuers.find(new IssuerId(id));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** By the one project that the token says it is for, and its issuer's name. Endpoints are asked about named credentials only. */
    private @Nullable Checker named(String token) {
        try {
            Claims claims = Claims.parse(Jws.parse(token).payload());
            List<String> projects =
                    claims.audiences().stream().filter(Issuer::namesProject).toList();
            String issuer = claims.issuer();
            if (issuer == null || projects.size() != 1) {
                return null;
            }
            String[] place = projects.getFirst().split("[:/]", 4);
            if (place.length != 3) {
                return null;
            }
            Checker checker = issuers.find(new TenantId(place[1]), new ProjectId(place[2]), issuer);
            return checker instanceof TokenChecker ? checker : null;
        } catch (PlatformException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The same result on the caller's context. */
    private <T> Future<T> home(Future<T> foreign) {
        if (foreign.isComplete()) {
            return foreign;
        }
        Promise<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        foreign.onComplete(promise);
        return promise.future();
    }

    @Override
    public boolean believes(Principal principal) {
        TokenIdentity token = principal.token();
        if (token == null || !news.isLoaded()) {
            return true;
        }
        IssuerId issuer = token.issuer();
        return (issuer == null || issuers.has(issuer)) && !revocations.revokes(principal);
    }

    @Override
    public Runnable onTokensRevoked(Runnable onRevoked) {
        return news.onRevoked(onRevoked);
    }

    @Override
    public Future<Principal> redeem(String ticket, Caller caller) {
        return keys.redeem(ticket, caller);
    }

    @Override
    public Future<String> issueTicket(Principal principal) {
        return keys.issueTicket(principal);
    }

    @Override
    public Duration ticketLifetime() {
        return keys.ticketLifetime();
    }

    @Override
    public Runnable onRevoked(Consumer<KeyId> onRevoked) {
        return keys.onRevoked(onRevoked);
    }
}
