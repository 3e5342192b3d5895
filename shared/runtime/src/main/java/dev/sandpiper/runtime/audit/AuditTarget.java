package dev.sandpiper.runtime.audit;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * What was changed, or was to be.
 *
 * @param tenant whose trail tells of it; null for the trail of the installation
 * @param project null when it belongs to no project
 * @param kind such as {@code key} or {@code topic_rule}
 * @param id within its kind; empty when there is none
 */
public record AuditTarget(
        @Nullable TenantId tenant, @Nullable ProjectId project, String kind, String id) {
    public static AuditTarget of(TenantId tenant, ProjectId project, String kind, String id) {
        return new AuditTarget(tenant, project, kind, id);
    }

    public static AuditTarget of(TenantId tenant, String kind, String id) {
        return new AuditTarget(tenant, null, kind, id);
    }

    public static AuditTarget ofInstallation(String kind, String id) {
        return new AuditTarget(null, null, kind, id);
    }
}
