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
 */
public record NewKey(TenantId tenant, ProjectId project, String name, KeyGrant grant) {
    /** Restricted in nothing but its scopes and, unless that is null, its time. */
    public NewKey(TenantId tenant, ProjectId project, String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
        this(tenant, project, name, KeyGrant.of(scopes).until(expiresAt));
    }
}
