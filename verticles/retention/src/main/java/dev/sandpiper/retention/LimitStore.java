package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about retention. Every future fails with {@code DATABASE_UNAVAILABLE} or what the method names. Safe for use
 * by several threads.
 */
public interface LimitStore {
    /**
     * What holds for a project, or for the tenant as a whole. Fails with {@code RESOURCE_NOT_FOUND} when there is no such tenant or
     * project.
     */
    Future<StoredLimits> find(TenantId tenant, @Nullable ProjectId project);

    /** Decides it. Fails likewise. */
    Future<StoredLimits> put(TenantId tenant, @Nullable ProjectId project, Limits limits, AuditOrigin by);

    /** Places a legal hold. Fails with {@code RESOURCE_NOT_FOUND} likewise. */
    Future<Hold> place(
            TenantId tenant, @Nullable ProjectId project, TopicPattern topics, String reason, AuditOrigin by);

    /**
     * The tenant's holds that were not released, oldest first.
     *
     * @param after {@link HoldPage#next} of the page before; null for the first
     */
    Future<HoldPage> holds(TenantId tenant, int limit, @Nullable String after);

    /** Ends a hold. Fails with {@code RESOURCE_NOT_FOUND} when the tenant has none of this id. */
    Future<Hold> release(TenantId tenant, String id, AuditOrigin by);

    /**
     * Everything, for the janitor.
     *
     * @param plans the limits that each plan begins with
     */
    Future<Policies> load(Map<String, Limits> plans);
}
