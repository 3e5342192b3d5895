package dev.sandpiper.killswitch.postgres;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.killswitch.SuspensionStore;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The columns of {@code tenants} that say whether they are served, and {@code suspension_nodes}. Times are PostgreSQL's own. */
public final class PostgresSuspensions implements SuspensionStore {
    private static final String COLUMNS = "id, name, status, suspended_at, suspended_reason, version";

    private static final String SUSPEND = "UPDATE tenants SET resumed_status = status, status = 'suspended',"
            + " suspended_at = now(), suspended_reason = $2 WHERE id = $1 AND status <> 'suspended' RETURNING "
            + COLUMNS;

    /** Whoever was suspended by an older version has no status to come back to. */
    private static final String RESUME = "UPDATE tenants SET status = COALESCE(resumed_status, 'active'),"
            + " resumed_status = NULL, suspended_at = NULL, suspended_reason = NULL"
            + " WHERE id = $1 AND status = 'suspended' RETURNING " + COLUMNS;

    /** The confirmation and the question in one; the suspended only when something may have changed. */
    private static final String ASK = "WITH confirmed AS (INSERT INTO suspension_nodes (node, version, confirmed_at)"
            + " VALUES ($1, $2, now()) ON CONFLICT (node) DO UPDATE SET version = EXCLUDED.version,"
            + " confirmed_at = EXCLUDED.confirmed_at)"
            + " SELECT c.version, CASE WHEN c.version <> $2 THEN"
            + " ARRAY(SELECT id FROM tenants WHERE status = 'suspended') END AS suspended"
            + " FROM change_versions c WHERE c.topic = 'tenants'";

    private static final String BEHIND = "SELECT count(*)::int AS behind FROM suspension_nodes"
            + " WHERE version < $1 AND confirmed_at > now() - $2::bigint * interval '1 millisecond'";

    private final DatabaseAccess database;
    private final AuditTrail trail;

    public PostgresSuspensions(Database database, AuditTrail trail) {
        this.database = database.platform();
        this.trail = trail;
    }

    @Override
    public Future<Decided> suspend(TenantId tenant, String reason, AuditOrigin origin) {
        return decide(SUSPEND, Tuple.of(tenant.value(), reason), "tenant.suspended", tenant, reason, origin);
    }

    @Override
    public Future<Decided> resume(TenantId tenant, @Nullable String reason, AuditOrigin origin) {
        return decide(RESUME, Tuple.of(tenant.value()), "tenant.resumed", tenant, reason, origin);
    }

    /** What is so already is no change and has no entry; it is told again all the same. */
    private Future<Decided> decide(
            String sql, Tuple parameters, String action, TenantId tenant, @Nullable String reason, AuditOrigin origin) {
        return database.transaction(transaction -> locked(transaction, tenant)
                .compose(before -> transaction
                        .preparedQuery(sql)
                        .execute(parameters)
                        .compose(rows -> {
                            if (rows.size() == 0) {
                                return Future.succeededFuture(before);
                            }
                            Decided after = decided(rows.iterator().next());
                            var entry = new AuditEntry(
                                    origin,
                                    AuditTarget.of(tenant, "tenant", tenant.value()),
                                    action,
                                    new JsonObject().put("status", before.status()),
                                    new JsonObject()
                                            .put("status", after.status())
                                            .put("reason", reason),
                                    true);
                            return trail.append(transaction, entry).map(after);
                        })));
    }

    private static Future<Decided> locked(SqlClient transaction, TenantId tenant) {
        return transaction
                .preparedQuery("SELECT " + COLUMNS + " FROM tenants WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(tenant.value()))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new PlatformException(new ConflictError.ResourceNotFound("tenant"));
                    }
                    return decided(rows.iterator().next());
                });
    }

    private static Decided decided(Row row) {
        OffsetDateTime at = row.getOffsetDateTime("suspended_at");
        return new Decided(
                new TenantId(row.getString("id")),
                row.getString("name"),
                row.getString("status"),
                at == null ? null : at.toInstant(),
                row.getString("suspended_reason"),
                row.getLong("version"));
    }

    @Override
    public Future<Answer> ask(String node, long version) {
        return database.query(ASK, Tuple.of(node, version)).map(rows -> {
            Row row = rows.iterator().next();
            String[] ids = row.getArrayOfStrings("suspended");
            return new Answer(row.getLong("version"), ids == null ? null : tenants(ids));
        });
    }

    private static Set<TenantId> tenants(String[] ids) {
        Set<TenantId> tenants = new HashSet<>();
        List.of(ids).forEach(id -> tenants.add(new TenantId(id)));
        return tenants;
    }

    @Override
    public Future<Integer> behind(long version, Duration lease) {
        return database.query(BEHIND, Tuple.of(version, lease.toMillis()))
                .map(rows -> rows.iterator().next().getInteger("behind"));
    }
}
