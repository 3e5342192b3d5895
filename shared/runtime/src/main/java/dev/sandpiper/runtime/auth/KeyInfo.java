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
 * @param revokedAt since when it does not work any more; null when it does
 * @param replacedBy the key that took its place when it was rotated; null when none did
 * @param lastUse null when it was not used yet
 */
public record KeyInfo(
        KeyId id,
        TenantId tenant,
        ProjectId project,
        String name,
        KeyGrant grant,
        Instant createdAt,
        @Nullable Instant revokedAt,
        @Nullable KeyId replacedBy,
        @Nullable KeyUse lastUse) {
    public Set<Scope> scopes() {
        return grant.scopes();
    }

    public @Nullable Instant expiresAt() {
        return grant.expiresAt();
    }

    public @Nullable Instant lastUsedAt() {
        return lastUse == null ? null : lastUse.at();
    }

    /** Whether it is revoked or expired, or another took its place. */
    boolean isEnding(Instant now) {
        Instant end = expiresAt();
        return revokedAt != null || replacedBy != null || (end != null && !end.isAfter(now));
    }
}
