package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key to be made.
 *
 * @param name 1 to 200 characters
 * @param expiresAt null for never
 */
public record NewKey(
        TenantId tenant,
        ProjectId project,
        String name,
        Set<Scope> scopes,
        @Nullable Instant expiresAt) {
    public NewKey {
        scopes = Set.copyOf(scopes);
    }
}
