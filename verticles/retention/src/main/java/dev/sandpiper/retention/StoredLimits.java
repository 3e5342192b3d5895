package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was decided for a tenant or a project.
 *
 * @param project null for the tenant as a whole
 * @param plan of the tenant
 * @param limits none when nothing was decided
 * @param updatedAt null when nothing was ever decided
 */
public record StoredLimits(
        TenantId tenant,
        @Nullable ProjectId project,
        String plan,
        Limits limits,
        @Nullable Instant updatedAt) {}
