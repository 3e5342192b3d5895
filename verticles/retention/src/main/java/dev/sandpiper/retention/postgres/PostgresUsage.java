package dev.sandpiper.retention.postgres;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.retention.Usage;
import dev.sandpiper.retention.UsageStore;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link UsageStore} in PostgreSQL. */
public final class PostgresUsage implements UsageStore {
    /** At least one row, so that it is known when all of it was counted: one statement sees one moment. */
    private static final String OF_TENANT =
            "SELECT c.counted_at, c.exact, u.project, u.events, u.bytes FROM (SELECT 1) one"
                    + " LEFT JOIN storage_counts c ON true LEFT JOIN storage_usage u ON u.tenant = $1 ORDER BY u.project";

    private static final String TENANTS =
            "SELECT tenant, sum(events)::bigint AS events, sum(bytes)::bigint AS bytes FROM storage_usage"
                    + " WHERE tenant > $1 GROUP BY tenant ORDER BY tenant LIMIT $2";

    private final Database database;

    public PostgresUsage(Database database) {
        this.database = database;
    }

    @Override
    public Future<Counted> of(TenantId tenant) {
        return database.forTenant(tenant)
                .query(OF_TENANT, Tuple.of(tenant.value()))
                .map(rows -> {
                    Instant at = null;
                    boolean exact = false;
                    Map<ProjectId, Usage> projects = new HashMap<>();
                    for (Row row : rows) {
                        OffsetDateTime counted = row.getOffsetDateTime("counted_at");
                        at = counted == null ? null : counted.toInstant();
                        exact = counted != null && row.getBoolean("exact");
                        String project = row.getString("project");
                        if (project != null) {
                            projects.put(new ProjectId(project), usage(row));
                        }
                    }
                    return new Counted(at, exact, projects);
                });
    }

    @Override
    public Future<List<TenantUsage>> tenants(int limit, String after) {
        return database.platform().query(TENANTS, Tuple.of(after, limit)).map(rows -> {
            List<TenantUsage> found = new ArrayList<>();
            rows.forEach(row -> found.add(new TenantUsage(new TenantId(row.getString("tenant")), usage(row))));
            return found;
        });
    }

    @Override
    public Future<Optional<String>> lastCheck() {
        return database.query("SELECT report FROM storage_checks ORDER BY checked_at DESC LIMIT 1")
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getString("report")));
    }

    private static Usage usage(Row row) {
        return new Usage(row.getLong("events"), row.getLong("bytes"));
    }
}
