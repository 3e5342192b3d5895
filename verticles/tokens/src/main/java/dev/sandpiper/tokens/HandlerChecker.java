package dev.sandpiper.tokens;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.tokens.outbound.Outbound;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Asks an endpoint of the customer about credentials that mean something to the customer only. The question is signed, so that the
 * endpoint knows who asks; an endpoint that fails again and again is left alone for a while.
 *
 * <p>{@code POST {"tenant","project","credential"}} with {@code Sandpiper-Timestamp} in seconds and {@code Sandpiper-Signature: v1=} and
 * the hexadecimal HMAC-SHA-256 of timestamp, a dot and the body. 200 with {@code {"sub", "expires_in"?, "scopes"?, "channels"?}} lets
 * the user in; 401, 403 and 404 do not; anything else is a failure.
 */
final class HandlerChecker implements Checker {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAX_CREDENTIAL = 8_192;
    private static final int OK = 200;

    /** What all checkers of a node share. */
    record Workshop(Outbound outbound, TokensConfig config, TokenMetrics metrics, Clock clock) {}

    private final Issuer issuer;
    private final URI url;
    private final CircuitBreaker breaker;
    private final Workshop workshop;
    private final AtomicInteger running;

    HandlerChecker(Issuer issuer, CircuitBreaker breaker, Workshop workshop) {
        this(issuer, breaker, workshop, new AtomicInteger());
    }

    private HandlerChecker(Issuer issuer, CircuitBreaker breaker, Workshop workshop, AtomicInteger running) {
        this.issuer = issuer;
        this.url = Objects.requireNonNull(issuer.url());
        this.breaker = breaker;
        this.workshop = workshop;
        this.running = running;
    }

    @Override
    public Issuer issuer() {
        return issuer;
    }

    @Override
    public Checker changed(Issuer changed) {
        return new HandlerChecker(changed, breaker, workshop, running);
    }

    @Override
    public Future<Testimony> check(String credential) {
        if (credential.isEmpty() || credential.length() > MAX_CREDENTIAL) {
            return Future.failedFuture(InvalidTokens.invalid());
        }
        if (running.incrementAndGet() > workshop.config.handlerConcurrency()) {
            running.decrementAndGet();
            return Future.failedFuture(new PlatformException(new AvailabilityError.ServerBusy(Duration.ofSeconds(1))));
        }
        return breaker.execute(() -> ask(credential))
                .onComplete(done -> {
                    running.decrementAndGet();
                    workshop.metrics.asked(done.succeeded());
                })
                .transform(answer -> {
                    if (answer.failed()) {
                        return Future.failedFuture(InvalidTokens.unavailable());
                    }
                    return answer.result().status() == OK
                            ? testimony(answer.result().body())
                            : Future.failedFuture(InvalidTokens.invalid());
                });
    }

    /** Fails for what counts against the endpoint. */
    private Future<Outbound.Answer> ask(String credential) {
        Buffer body = new JsonObject()
                .put("tenant", issuer.tenant().value())
                .put("project", issuer.project().value())
                .put("credential", credential)
                .toBuffer();
        String time = Long.toString(workshop.clock.instant().getEpochSecond());
        Map<String, String> headers = Map.of(
                "Content-Type",
                "application/json",
                "Accept",
                "application/json",
                "Sandpiper-Timestamp",
                time,
                "Sandpiper-Signature",
                "v1=" + signature(time, body));
        return workshop.outbound.post(url, headers, body).compose(answer -> switch (answer.status()) {
            case OK, 401, 403, 404 -> Future.succeededFuture(answer);
            default -> Future.failedFuture(new IOException("The answer has the status " + answer.status()));
        });
    }

    private String signature(String time, Buffer body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(Objects.requireNonNull(issuer.secret()), ALGORITHM));
            mac.update((time + ".").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private Future<Testimony> testimony(byte[] answer) {
        try {
            Claims claims = Claims.parse(answer);
            String subject = claims.subject();
            if (subject == null) {
                return Future.failedFuture(InvalidTokens.unavailable());
            }
            Instant now = workshop.clock.instant();
            Duration most = workshop.config.handlerMaxLifetime();
            Long seconds = claims.expiresIn();
            Duration lifetime = seconds == null || seconds > most.toSeconds() ? most : Duration.ofSeconds(seconds);
            return lifetime.isZero()
                    ? Future.failedFuture(InvalidTokens.invalid())
                    : Future.succeededFuture(new Testimony(
                            subject, claims.id(), now, now.plus(lifetime), claims.scopes(), claims.channels()));
        } catch (PlatformException e) {
            return Future.failedFuture(InvalidTokens.unavailable());
        }
    }
}
