package dev.sandpiper.tokens;

import dev.sandpiper.tokens.jose.JwsKey;
import dev.sandpiper.tokens.jose.KeySet;
import dev.sandpiper.tokens.outbound.Outbound;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The published keys of one issuer, remembered. They are fetched when a token first needs them, again in the background once they are
 * old, and at once when a token names a key that is not among them, since issuers announce new keys that way; but never twice at the same
 * time, and never more often than an interval allows, so that made-up key ids cannot make this node ask and ask. While the issuer does
 * not answer, the keys it last published hold up to a limit.
 */
final class RemoteKeys {
    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);
    private static final int OK = 200;

    private final URI url;
    private final Outbound outbound;
    private final TokensConfig config;
    private final TokenMetrics metrics;
    private final LongSupplier nanoTime;
    private @Nullable KeySet keys;
    private long fetchedAt;
    private @Nullable Future<KeySet> fetch;
    private boolean asked;
    private boolean lastFailed;
    private long askedAt;

    RemoteKeys(URI url, Outbound outbound, TokensConfig config, TokenMetrics metrics, LongSupplier nanoTime) {
        this.url = url;
        this.outbound = outbound;
        this.config = config;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    /**
     * The key to check a token with; complete on return when it is known. Fails with {@code INVALID_TOKEN} when the issuer has no such
     * key, {@code ISSUER_UNAVAILABLE} when it cannot say.
     *
     * @param id null when the token does not say
     */
    synchronized Future<JwsKey> find(@Nullable String id, String algorithm) {
        long now = nanoTime.getAsLong();
        KeySet known = keys;
        long age = now - fetchedAt;
        if (known != null && age > config.keysStaleLimit().toNanos()) {
            known = null;
        }
        JwsKey key = known == null ? null : known.find(id, algorithm);
        if (key != null) {
            if (age > config.keysLifetime().toNanos()) {
                refresh(now);
            }
            return Future.succeededFuture(key);
        }
        Future<KeySet> fresh = refresh(now);
        if (fresh == null) {
            boolean sure = known != null && !lastFailed;
            return Future.failedFuture(sure ? InvalidTokens.invalid() : InvalidTokens.unavailable());
        }
        return fresh.transform(fetched -> {
            if (fetched.failed()) {
                return Future.failedFuture(InvalidTokens.unavailable());
            }
            JwsKey found = fetched.result().find(id, algorithm);
            return found == null ? Future.failedFuture(InvalidTokens.invalid()) : Future.succeededFuture(found);
        });
    }

    /** The fetch that is under way, or that begins now; null when it is too early for one. */
    private @Nullable Future<KeySet> refresh(long now) {
        if (fetch != null) {
            return fetch;
        }
        if (asked && now - askedAt < config.keysInterval().toNanos()) {
            return null;
        }
        asked = true;
        askedAt = now;
        Future<KeySet> begun = outbound.get(url).transform(answer -> {
            try {
                if (answer.failed()) {
                    throw new IOException(answer.cause().getMessage(), answer.cause());
                }
                if (answer.result().status() != OK) {
                    throw new IOException(
                            "The answer has the status " + answer.result().status());
                }
                return Future.succeededFuture(KeySet.parse(answer.result().body()));
            } catch (IOException | IllegalArgumentException e) {
                return Future.failedFuture(e);
            }
        });
        fetch = begun;
        begun.onComplete(done -> took(done.result(), done.cause()));
        return begun;
    }

    private synchronized void took(@Nullable KeySet fetched, @Nullable Throwable failure) {
        fetch = null;
        lastFailed = fetched == null;
        metrics.fetched(fetched != null);
        if (fetched != null) {
            keys = fetched;
            fetchedAt = nanoTime.getAsLong();
        } else {
            log.atWarn()
                    .addKeyValue("url", url)
                    .addKeyValue("reason", failure == null ? "" : String.valueOf(failure.getMessage()))
                    .log("The keys of an issuer could not be fetched");
        }
    }
}
