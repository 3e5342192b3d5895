package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be known about a key: everything but the key.
 *
 * @param name what it is for, in its owner's words
 * @param expiresAt from when on it does not work any more; null for never
 * @param revokedAt since when it does not work any more; null when it does
 * @param lastUsedAt to a minute or so; null when it was not used yet
 */
public record KeyInfo(
        KeyId id,
        TenantId tenant,
        ProjectId project,
        String name,
        Set<Scope> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {
    public KeyInfo {
        scopes = Set.copyOf(scopes);
    }
}
