package dev.sandpiper.consumers;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which consumers there are. Every future fails with {@code DATABASE_UNAVAILABLE}, or what the method names, and completes on the
 * caller's context. Without a consumer of that name: {@code RESOURCE_NOT_FOUND}.
 */
public interface ConsumerRegistry {
    /** Fails with {@code CONSUMER_EXISTS}, or {@code TOO_MANY_CONSUMERS} when the project has all that it may. */
    Future<Void> create(Consumer consumer, ConsumersConfig.Allowance allowance, AuditOrigin by);

    Future<Consumer> find(TenantId tenant, ProjectId project, String name);

    /** @param after the name of the last one on the page before; null for the first page */
    Future<ConsumerPage> list(TenantId tenant, ProjectId project, int limit, @Nullable String after);

    Future<Consumer> setPaused(TenantId tenant, ProjectId project, String name, boolean paused, AuditOrigin by);

    /** Begins anew under another durable name; the old one is noted for removal. */
    Future<Consumer> reset(
            TenantId tenant, ProjectId project, String name, String durable, ConsumerStart start, AuditOrigin by);

    /** The durable name is noted for removal. */
    Future<Void> delete(TenantId tenant, ProjectId project, String name, AuditOrigin by);

    /** Durable names that JetStream should have no more. Of all tenants: for whoever tidies up. */
    Future<List<String>> removals();

    Future<Void> removed(String durable);
}
