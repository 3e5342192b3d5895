package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.PlatformException;
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
    private final @Nullable Pepper pepper;
    private final CallerLimits callers;
    private final @Nullable Future<Principal> answer;

    /** Who used it since this was last asked; set without care for other threads, since it is for the record only. */
    private @Nullable String usedFrom;

    private boolean rehashed;

    private CachedKey(
            State state,
            long version,
            long loadedAt,
            @Nullable Instant expiresAt,
            byte[] hmac,
            @Nullable Pepper pepper,
            CallerLimits callers,
            @Nullable Future<Principal> answer) {
        this.state = state;
        this.version = version;
        this.loadedAt = loadedAt;
        this.expiresAt = expiresAt == null ? Long.MAX_VALUE : expiresAt.toEpochMilli();
        this.hmac = hmac;
        this.pepper = pepper;
        this.callers = callers;
        this.answer = answer;
    }

    /**
     * @param pepper under which it was made; null when this node does not have it, and cannot check the key
     * @param now as of {@link System#nanoTime()}
     */
    static CachedKey of(StoredKey key, @Nullable Pepper pepper, long now) {
        return key.revokedAt() == null
                ? new CachedKey(
                        State.USABLE,
                        key.version(),
                        now,
                        key.expiresAt(),
                        key.hmac(),
                        pepper,
                        key.callers(),
                        Future.succeededFuture(key.principal()))
                : gone(key.version(), now);
    }

    static CachedKey gone(long version, long now) {
        return new CachedKey(State.GONE, version, now, null, new byte[0], null, CallerLimits.NONE, null);
    }

    static CachedKey outdated(long version, long now) {
        return new CachedKey(State.OUTDATED, version, now, null, new byte[0], null, CallerLimits.NONE, null);
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
     * Whether this credential is that key, and the key usable; null if not. Fails when it is, but not by this caller.
     *
     * @param nowMillis the time of day
     */
    @Nullable
    Future<Principal> answer(ApiKey presented, long nowMillis, Caller caller) {
        boolean matches = pepper != null && pepper.matches(presented, hmac);
        if (!matches || state != State.USABLE || nowMillis >= expiresAt) {
            return null;
        }
        if (callers != CallerLimits.NONE) {
            PlatformException refusal = callers.refusal(caller);
            if (refusal != null) {
                return Future.failedFuture(refusal);
            }
        }
        if (usedFrom == null) {
            usedFrom = caller.address();
        }
        return answer;
    }

    /** The pepper that it is to be taken from, once; null when it is under the current one, or on its way there. */
    @Nullable
    Pepper takeFormerPepper(Pepper current) {
        if (pepper == current || rehashed) {
            return null;
        }
        rehashed = true;
        return pepper;
    }

    /** From where it was used since this was last asked; null when it was not, empty when that is not known. */
    @Nullable
    String takeUse() {
        String was = usedFrom;
        usedFrom = null;
        return was;
    }
}
