package dev.sandpiper.retention.postgres;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.retention.Hold;
import dev.sandpiper.retention.HoldPage;
import dev.sandpiper.retention.LimitStore;
import dev.sandpiper.retention.Limits;
import dev.sandpiper.retention.Policies;
import dev.sandpiper.retention.RetentionJson;
import dev.sandpiper.retention.StoredLimits;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link LimitStore} in PostgreSQL. The empty project stands for the tenant as a whole. */
public final class PostgresLimits implements LimitStore {
    private static final String WHOLE_TENANT = "";
    private static final String RELEASED = "released";

    /** One row when the tenant and, if one is named, the project exist. */
    private static final String OWNER = "SELECT t.plan FROM tenants t WHERE t.id = $1 AND ($2 = '' OR EXISTS"
            + " (SELECT 1 FROM projects p WHERE p.tenant = $1 AND p.id = $2))";

    private static final String FIND = "SELECT o.plan, l.max_age_ms, l.max_events, l.max_bytes, l.updated_at FROM ("
            + OWNER + ") o LEFT JOIN retention_limits l ON l.tenant = $1 AND l.project = $2";

    private static final String PUT =
            "INSERT INTO retention_limits (tenant, project, max_age_ms, max_events, max_bytes, updated_at)"
                    + " SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (" + OWNER + ") ON CONFLICT (tenant, project)"
                    + " DO UPDATE SET max_age_ms = EXCLUDED.max_age_ms, max_events = EXCLUDED.max_events,"
                    + " max_bytes = EXCLUDED.max_bytes, updated_at = EXCLUDED.updated_at";

    private static final String HOLD = "id, tenant, project, topics, reason, placed_at";

    private static final String PLACE =
            "INSERT INTO legal_holds (id, tenant, project, topics, reason, placed_at, placed_by)"
                    + " SELECT $3, $1, $2, $4, $5, $6, $7 WHERE EXISTS (" + OWNER + ") RETURNING " + HOLD;

    private static final String HOLDS = "SELECT " + HOLD
            + " FROM legal_holds WHERE tenant = $1 AND released_at IS NULL AND id > $2 ORDER BY id LIMIT $3";

    private static final String RELEASE = "UPDATE legal_holds SET released_at = $3, released_by = $4"
            + " WHERE tenant = $1 AND id = $2 AND released_at IS NULL RETURNING " + HOLD;

    private static final String VERSION = "SELECT version FROM change_versions WHERE topic = 'retention'";

    private final Database database;
    private final AuditTrail audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public PostgresLimits(Database database, AuditTrail audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Future<StoredLimits> find(TenantId tenant, @Nullable ProjectId project) {
        return database.forTenant(tenant)
                .query(FIND, Tuple.of(tenant.value(), text(project)))
                .map(rows -> stored(first(rows, project), tenant, project));
    }

    private static Future<StoredLimits> find(SqlConnection transaction, TenantId tenant, @Nullable ProjectId project) {
        return transaction
                .preparedQuery(FIND)
                .execute(Tuple.of(tenant.value(), text(project)))
                .map(rows -> stored(first(rows, project), tenant, project));
    }

    private static StoredLimits stored(Row row, TenantId tenant, @Nullable ProjectId project) {
        OffsetDateTime updated = row.getOffsetDateTime("updated_at");
        return new StoredLimits(
                tenant,
                project,
                row.getString("plan"),
                updated == null ? Limits.NONE : limits(row),
                updated == null ? null : updated.toInstant());
    }

    @Override
    public Future<StoredLimits> put(TenantId tenant, @Nullable ProjectId project, Limits limits, AuditOrigin by) {
        Duration age = limits.maxAge();
        Tuple parameters = Tuple.of(
                tenant.value(),
                text(project),
                age == null ? 0L : age.toMillis(),
                limits.maxEvents(),
                limits.maxBytes(),
                now());
        AuditTarget target = new AuditTarget(tenant, project, "retention", text(project));
        return database.forTenant(tenant)
                .transaction(transaction -> find(transaction, tenant, project)
                        .compose(before -> transaction
                                .preparedQuery(PUT)
                                .execute(parameters)
                                .compose(done -> find(transaction, tenant, project))
                                .compose(after -> audit.append(
                                                transaction, AuditEntry.changed(by, target, json(before), json(after)))
                                        .map(after))));
    }

    private static JsonObject json(StoredLimits limits) {
        return new JsonObject(Buffer.buffer(RetentionJson.limits(limits, null)));
    }

    private static AuditEntry told(AuditOrigin by, Hold hold, String verb) {
        AuditTarget target = new AuditTarget(hold.tenant(), hold.project(), "legal_hold", hold.id());
        var json = new JsonObject(Buffer.buffer(RetentionJson.hold(hold)));
        return verb.equals(RELEASED)
                ? AuditEntry.of(by, target, verb, json, null)
                : AuditEntry.of(by, target, verb, null, json);
    }

    @Override
    public Future<Hold> place(
            TenantId tenant, @Nullable ProjectId project, TopicPattern topics, String reason, AuditOrigin by) {
        byte[] id = new byte[6];
        random.nextBytes(id);
        // Sorts by time, so that lists page in the order of placing.
        String name = "hold_" + HexFormat.of().toHexDigits(clock.millis(), 12)
                + HexFormat.of().formatHex(id);
        var parameters = Tuple.from(List.of(
                tenant.value(),
                text(project),
                name,
                topics.text(),
                reason,
                now(),
                by.actor().id()));
        return database.forTenant(tenant)
                .transaction(transaction -> transaction
                        .preparedQuery(PLACE)
                        .execute(parameters)
                        .map(rows -> hold(first(rows, project)))
                        .compose(hold -> audit.append(transaction, told(by, hold, "placed"))
                                .map(hold)));
    }

    @Override
    public Future<HoldPage> holds(TenantId tenant, int limit, @Nullable String after) {
        return database.forTenant(tenant)
                .query(HOLDS, Tuple.of(tenant.value(), after == null ? "" : after, limit + 1))
                .map(rows -> {
                    List<Hold> holds = new ArrayList<>();
                    rows.forEach(row -> holds.add(hold(row)));
                    return holds.size() <= limit
                            ? new HoldPage(holds, null)
                            : new HoldPage(
                                    holds.subList(0, limit),
                                    holds.get(limit - 1).id());
                });
    }

    @Override
    public Future<Hold> release(TenantId tenant, String id, AuditOrigin by) {
        Tuple parameters = Tuple.of(tenant.value(), id, now(), by.actor().id());
        return database.forTenant(tenant)
                .transaction(transaction -> transaction
                        .preparedQuery(RELEASE)
                        .execute(parameters)
                        .map(rows -> {
                            if (rows.size() == 0) {
                                throw new PlatformException(new ConflictError.ResourceNotFound("legal hold"));
                            }
                            return hold(rows.iterator().next());
                        })
                        .compose(hold -> audit.append(transaction, told(by, hold, RELEASED))
                                .map(hold)));
    }

    @Override
    public Future<Policies> load(Map<String, Limits> plans) {
        // The version first: whatever is decided after it makes another one.
        return database.query(VERSION)
                .map(rows -> rows.iterator().next().getLong("version"))
                .compose(version -> tenants(plans)
                        .compose(tenants -> database.platform()
                                .query(
                                        "SELECT tenant, project, max_age_ms, max_events, max_bytes FROM retention_limits")
                                .compose(limits -> database.platform()
                                        .query("SELECT " + HOLD + " FROM legal_holds WHERE released_at IS NULL")
                                        .map(holds -> policies(version, tenants, limits, holds)))));
    }

    private Future<Map<TenantId, Limits>> tenants(Map<String, Limits> plans) {
        return plans.isEmpty()
                ? Future.succeededFuture(Map.of())
                : database.platform()
                        .query(
                                "SELECT id, plan FROM tenants WHERE plan = ANY($1)",
                                Tuple.of(plans.keySet().toArray(String[]::new)))
                        .map(rows -> {
                            Map<TenantId, Limits> found = new HashMap<>();
                            rows.forEach(row -> found.put(
                                    new TenantId(row.getString("id")),
                                    plans.getOrDefault(row.getString("plan"), Limits.NONE)));
                            return found;
                        });
    }

    private static Policies policies(
            long version, Map<TenantId, Limits> ofPlans, RowSet<Row> limits, RowSet<Row> holds) {
        Map<TenantId, Limits> tenants = new HashMap<>(ofPlans);
        Map<Policies.Project, Limits> projects = new HashMap<>();
        for (Row row : limits) {
            TenantId tenant = new TenantId(row.getString("tenant"));
            ProjectId project = project(row);
            if (project == null) {
                tenants.put(tenant, limits(row).orElse(ofPlans.getOrDefault(tenant, Limits.NONE)));
            } else {
                projects.put(new Policies.Project(tenant, project), limits(row));
            }
        }
        tenants.values().removeIf(Limits::isNone);
        projects.values().removeIf(Limits::isNone);
        List<Hold> held = new ArrayList<>();
        holds.forEach(row -> held.add(hold(row)));
        return new Policies(version, tenants, projects, held);
    }

    private static Limits limits(Row row) {
        long age = row.getLong("max_age_ms");
        return new Limits(
                age == 0 ? null : Duration.ofMillis(age), row.getLong("max_events"), row.getLong("max_bytes"));
    }

    private static Hold hold(Row row) {
        return new Hold(
                row.getString("id"),
                new TenantId(row.getString("tenant")),
                project(row),
                new TopicPattern(row.getString("topics")),
                row.getString("reason"),
                row.getOffsetDateTime("placed_at").toInstant());
    }

    private static @Nullable ProjectId project(Row row) {
        String project = row.getString("project");
        return project.equals(WHOLE_TENANT) ? null : new ProjectId(project);
    }

    private static Row first(RowSet<Row> rows, @Nullable ProjectId project) {
        if (rows.size() == 0) {
            throw missing(project);
        }
        return rows.iterator().next();
    }

    private static PlatformException missing(@Nullable ProjectId project) {
        return new PlatformException(new ConflictError.ResourceNotFound(project == null ? "tenant" : "project"));
    }

    private static String text(@Nullable ProjectId project) {
        return project == null ? WHOLE_TENANT : project.value();
    }

    private OffsetDateTime now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
