package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the janitor has written down. Every future fails with {@code DATABASE_UNAVAILABLE}. Safe for use by several threads.
 */
public interface UsageStore {
    /**
     * What was counted of one tenant.
     *
     * @param at when; null when nothing was counted yet
     * @param exact whether the sums of all tenants were those of the stream, to the byte
     */
    record Counted(@Nullable Instant at, boolean exact, Map<ProjectId, Usage> projects) {
        public Counted {
            projects = Map.copyOf(projects);
        }

        Usage total() {
            Usage sum = Usage.NOTHING;
            for (Usage usage : projects.values()) {
                sum = sum.plus(usage.events(), usage.bytes());
            }
            return sum;
        }
    }

    /** A tenant's sum. */
    record TenantUsage(TenantId tenant, Usage usage) {}

    Future<Counted> of(TenantId tenant);

    /** All tenants that have something stored, by their ids; those after one of them. */
    Future<List<TenantUsage>> tenants(int limit, String after);

    /** As JSON. */
    Future<Optional<String>> lastCheck();
}
