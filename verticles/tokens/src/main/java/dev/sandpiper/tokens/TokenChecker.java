package dev.sandpiper.tokens;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.tokens.jose.Jws;
import dev.sandpiper.tokens.jose.JwsKey;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Checks tokens of one issuer. What they claim is looked at before their signature, which costs more: a token that is expired or for
 * somebody else needs no key.
 */
final class TokenChecker implements Checker {
    /** Where the keys come from. */
    @FunctionalInterface
    interface Keys {
        Future<JwsKey> find(@Nullable String id, String algorithm);
    }

    /** What all checkers of a node share. */
    record Workshop(WorkerExecutor workers, AtomicInteger waiting, int maxWaiting, Duration maxLifetime, Clock clock) {}

    private final Issuer issuer;
    private final Keys keys;
    private final Workshop workshop;

    TokenChecker(Issuer issuer, Keys keys, Workshop workshop) {
        this.issuer = issuer;
        this.keys = keys;
        this.workshop = workshop;
    }

    /** Tokens are signed with this one secret, whatever key they name. */
    static Keys only(JwsKey key) {
        return (id, algorithm) ->
                key.isFor(algorithm) ? Future.succeededFuture(key) : Future.failedFuture(InvalidTokens.invalid());
    }

    @Override
    public Issuer issuer() {
        return issuer;
    }

    @Override
    public Checker changed(Issuer changed) {
        return new TokenChecker(changed, keys, workshop);
    }

    @Override
    public Future<Testimony> check(String token) {
        try {
            Jws jws = Jws.parse(token);
            Testimony claimed = testimony(Claims.parse(jws.payload()));
            return keys.find(jws.keyId(), jws.algorithm())
                    .compose(key -> isSigned(jws, key))
                    .map(signed -> claimed);
        } catch (PlatformException e) {
            return Future.failedFuture(InvalidTokens.invalid(e));
        }
    }

    private Future<Void> isSigned(Jws jws, JwsKey key) {
        if (key.isCheap()) {
            return outcome(key.verify(jws.signed(), jws.signature()));
        }
        if (workshop.waiting.incrementAndGet() > workshop.maxWaiting) {
            workshop.waiting.decrementAndGet();
            return Future.failedFuture(new PlatformException(new AvailabilityError.ServerBusy(Duration.ofSeconds(1))));
        }
        return workshop.workers
                .executeBlocking(() -> key.verify(jws.signed(), jws.signature()), false)
                .onComplete(done -> workshop.waiting.decrementAndGet())
                .compose(signed -> outcome(Boolean.TRUE.equals(signed)));
    }

    private static Future<Void> outcome(boolean signed) {
        return signed ? Future.succeededFuture() : Future.failedFuture(InvalidTokens.invalid());
    }

    /** @throws PlatformException when the token is not for now, not for here, or of somebody else */
    private Testimony testimony(Claims claims) {
        Instant now = workshop.clock.instant();
        Duration leeway = issuer.leeway();
        Long expiry = claims.expiry();
        String subject = claims.subject();
        if (expiry == null
                || subject == null
                || !Objects.equals(claims.issuer(), issuer.name())
                || !claims.audiences().contains(issuer.audience())) {
            throw InvalidTokens.invalid();
        }
        Instant end = Instant.ofEpochSecond(expiry).plus(leeway);
        Instant latest = now.plus(workshop.maxLifetime).plus(leeway);
        if (!end.isAfter(now)
                || end.isAfter(latest)
                || isFuture(claims.notBefore(), now.plus(leeway))
                || isFuture(claims.issuedAt(), now.plus(leeway))) {
            throw InvalidTokens.invalid();
        }
        Long issuedAt = claims.issuedAt();
        return new Testimony(
                subject,
                claims.id(),
                issuedAt == null ? Instant.EPOCH : Instant.ofEpochSecond(issuedAt),
                end,
                claims.scopes(),
                claims.channels());
    }

    private static boolean isFuture(@Nullable Long seconds, Instant now) {
        return seconds != null && Instant.ofEpochSecond(seconds).isAfter(now);
    }
}
