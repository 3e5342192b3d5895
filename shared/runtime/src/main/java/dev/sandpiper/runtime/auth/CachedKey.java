package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.Principal;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows about one key. Kept as flat fields, with the answer ready made, because every request reads it.
 *
 * <p>{@code GONE} and {@code OUTDATED} entries know a version only: of a key that was revoked, and of one that must be
 * loaded again before it is believed. They stay, so that a load which began before the change cannot bring back the old key.
 */
final class CachedKey {
    enum State {
        USABLE,
        GONE,
        OUTDATED
    }

    private final State state;
    private final long version;
    private final long loadedAt;
    private final long expiresAt;
    private final byte[] hmac;
    private final @Nullable Future<Principal> answer;

    /** Set without care for other threads: it is a hint for statistics. */
    private boolean used;

    private CachedKey(
            State state,
            long version,
            long loadedAt,
            @Nullable Instant expiresAt,
            byte[] hmac,
            @Nullable Future<Principal> answer) {
        this.state = state;
        this.version = version;
        this.loadedAt = loadedAt;
        this.expiresAt = expiresAt == null ? Long.MAX_VALUE : expiresAt.toEpochMilli();
        this.hmac = hmac;
        this.answer = answer;
    }

    /** @param now as of {@link System#nanoTime()} */
    static CachedKey of(StoredKey key, long now) {
        return key.revokedAt() == null
                ? new CachedKey(
                        State.USABLE,
                        key.version(),
                        now,
                        key.expiresAt(),
                        key.hmac(),
                        Future.succeededFuture(key.principal()))
                : gone(key.version(), now);
    }

    static CachedKey gone(long version, long now) {
        return new CachedKey(State.GONE, version, now, null, new byte[0], null);
    }

    static CachedKey outdated(long version, long now) {
        return new CachedKey(State.OUTDATED, version, now, null, new byte[0], null);
    }

    State state() {
        return state;
    }

    long version() {
        return version;
    }

    /** In nanoseconds. */
    long age(long now) {
        return now - loadedAt;
    }

    /**
     * Whether this credential is that key, and the key usable; null if not.
     *
     * @param nowMillis the time of day
     */
    @Nullable
    Future<Principal> answer(ApiKey presented, Pepper pepper, long nowMillis) {
        if (state != State.USABLE || nowMillis >= expiresAt || !pepper.matches(presented, hmac)) {
            return null;
        }
        if (!used) {
            used = true;
        }
        return answer;
    }

    boolean takeUsed() {
        boolean was = used;
        used = false;
        return was;
    }
}
