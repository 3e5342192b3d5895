package dev.sandpiper.killswitch;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Suspensions where they are decided. Every future fails with {@code DATABASE_UNAVAILABLE} and completes on the caller's context. */
public interface SuspensionStore {
    /**
     * A tenant after a decision.
     *
     * @param version of the tenants of the installation
     */
    record Decided(
            TenantId tenant,
            String name,
            String status,
            @Nullable Instant suspendedAt,
            @Nullable String reason,
            long version) {}

    /** @param suspended null when nothing changed since the version that was asked about */
    record Answer(long version, @Nullable Set<TenantId> suspended) {}

    /** Fails with {@code RESOURCE_NOT_FOUND}. A tenant that is suspended already stays so, with its first reason. */
    Future<Decided> suspend(TenantId tenant, String reason, AuditOrigin origin);

    /** Likewise: back to the status from before. */
    Future<Decided> resume(TenantId tenant, @Nullable String reason, AuditOrigin origin);

    /** Who is suspended, when that may have changed since the version; and this node has carried out everything up to that version. */
    Future<Answer> ask(String node, long version);

    /** Nodes that may be serving, and have not carried out that version yet. */
    Future<Integer> behind(long version, Duration lease);
}
