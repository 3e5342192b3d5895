package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as PostgreSQL has it.
 *
 * @param hmac of the credential, under the pepper with this id
 * @param callers who may use it
 * @param version grows with every change of any key
 */
record StoredKey(
        Principal principal,
        byte[] hmac,
        String pepperId,
        CallerLimits callers,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        long version) {}
