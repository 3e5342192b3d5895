package dev.sandpiper.tokens;

import dev.sandpiper.domain.Principal;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of users that were verified, and such that an endpoint refused, by their SHA-256. Both are bounded, and apart, so that made-up
 * ones cannot push out real ones. Reading takes no lock.
 */
final class VerifiedCache {
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    });

    /** Of a credential. */
    record Fingerprint(long a, long b, long c, long d) {
        static Fingerprint of(String credential) {
            byte[] hash = SHA_256.get().digest(credential.getBytes(StandardCharsets.UTF_8));
            ByteBuffer longs = ByteBuffer.wrap(hash);
            return new Fingerprint(longs.getLong(), longs.getLong(), longs.getLong(), longs.getLong());
        }
    }

    /**
     * @param checker by whom it was verified
     * @param answer the principal, ready to be given out
     * @param expiresAt milliseconds since 1970
     */
    record Verified(Checker checker, Principal principal, Future<Principal> answer, long expiresAt) {}

    private final ConcurrentHashMap<Fingerprint, Verified> verified = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Fingerprint, Long> refused = new ConcurrentHashMap<>();
    private final int capacity;

    VerifiedCache(int capacity) {
        this.capacity = capacity;
    }

    @Nullable
    Verified get(Fingerprint fingerprint) {
        return verified.get(fingerprint);
    }

    void put(Fingerprint fingerprint, Verified entry) {
        verified.put(fingerprint, entry);
        shrink(verified);
    }

    void remove(Fingerprint fingerprint, Verified entry) {
        verified.remove(fingerprint, entry);
    }

    /** @param now milliseconds since 1970 */
    boolean isRefused(Fingerprint fingerprint, long now) {
        Long until = refused.get(fingerprint);
        return until != null && now < until;
    }

    /** @param until milliseconds since 1970 */
    void refuse(Fingerprint fingerprint, long until) {
        refused.put(fingerprint, until);
        shrink(refused);
    }

    /** Those whose time is over need not wait for being looked up. */
    void forgetExpired(long now) {
        verified.values().removeIf(entry -> entry.expiresAt() <= now);
        refused.values().removeIf(until -> until <= now);
    }

    int size() {
        return verified.size();
    }

    /** Makes room by forgetting some, whichever come first: one that is in use is verified again at once. */
    private void shrink(ConcurrentHashMap<Fingerprint, ?> map) {
        if (map.size() <= capacity) {
            return;
        }
        Iterator<Fingerprint> entries = map.keySet().iterator();
        for (int surplus = map.size() - capacity + capacity / 16; surplus > 0 && entries.hasNext(); surplus--) {
            entries.next();
            entries.remove();
        }
    }
}
