package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The projects of tenants, in PostgreSQL. Every change is in the audit trail.
 *
 * <p>Every future fails with a {@link PlatformException}: {@code DATABASE_UNAVAILABLE}, {@code RESOURCE_NOT_FOUND}, or what the method
 * names. Safe for use by several threads; answers come on the caller's context.
 */
public final class Projects {
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String COLUMNS = "tenant, id, name, limits, created_at";
    private static final String PRESENT = " FROM projects WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL";

    private final Database database;
    private final AuditTrail trail;
    private final Clock clock;

    public Projects(Database database, AuditTrail trail, Clock clock) {
        this.database = database;
        this.trail = trail;
        this.clock = clock;
    }

    /** Fails with {@code RESOURCE_EXISTS}, also when the one of this id was deleted; with {@code RESOURCE_NOT_FOUND} without such a tenant. */
    public Future<ProjectInfo> create(TenantId tenant, ProjectId id, String name, ProjectLimits limits, Author author) {
        return author.access(database, tenant)
                .transaction(transaction -> transaction
                        .preparedQuery("INSERT INTO projects (tenant, id, name, limits, created_at)"
                                + " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING " + COLUMNS)
                        .execute(Tuple.of(tenant.value(), id.value(), name, json(limits), now()))
                        .recover(Projects::missingTenant)
                        .compose(rows -> {
                            if (rows.size() == 0) {
                                throw new PlatformException(new ConflictError.ResourceExists("project"));
                            }
                            ProjectInfo made = info(rows.iterator().next());
                            return trail.append(
                                            transaction, AuditEntry.created(author.origin(), target(made), json(made)))
                                    .map(made);
                        }));
    }

    public Future<ProjectInfo> find(TenantId tenant, ProjectId id) {
        return database.forTenant(tenant)
                .query("SELECT " + COLUMNS + PRESENT, Tuple.of(tenant.value(), id.value()))
                .map(Projects::only);
    }

    /** Those of a tenant, oldest first; pages as {@link Tenants#list}. */
    public Future<Page<ProjectInfo>> list(TenantId tenant, int limit, @Nullable String after) {
        PagePosition position;
        try {
            position = PagePosition.parse(after);
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
        return database.forTenant(tenant)
                .query(
                        "SELECT " + COLUMNS + " FROM projects WHERE tenant = $1 AND deleted_at IS NULL"
                                + " AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4",
                        Tuple.of(tenant.value(), position.time(), position.id(), limit + 1))
                .map(rows -> Page.of(
                        rows,
                        limit,
                        Projects::info,
                        last -> new PagePosition(last.createdAt(), last.id().value())));
    }

    /** Changes what is not null; limits are exchanged as a whole. */
    public Future<ProjectInfo> change(
            TenantId tenant, ProjectId id, @Nullable String name, @Nullable ProjectLimits limits, Author author) {
        return author.access(database, tenant)
                .transaction(transaction -> locked(transaction, tenant, id)
                        .compose(before -> transaction
                                .preparedQuery(
                                        "UPDATE projects SET name = COALESCE($3, name), limits = COALESCE($4, limits)"
                                                + " WHERE tenant = $1 AND id = $2 RETURNING " + COLUMNS)
                                .execute(Tuple.of(
                                        tenant.value(), id.value(), name, limits == null ? null : json(limits)))
                                .compose(rows -> {
                                    ProjectInfo after = only(rows);
                                    return trail.append(
                                                    transaction,
                                                    AuditEntry.changed(
                                                            author.origin(), target(after), json(before), json(after)))
                                            .map(after);
                                })));
    }

    /**
     * Takes a project away with all its keys, so that nothing can be published to it or read from it any more. Its events stay in the
     * stream until retention removes them, and therefore its id is not given out again. Nodes hear of the keys within seconds.
     */
    public Future<Void> delete(TenantId tenant, ProjectId id, Author author) {
        return author.access(database, tenant)
                .transaction(transaction -> locked(transaction, tenant, id)
                        .compose(before -> transaction
                                .preparedQuery(
                                        "WITH gone AS (UPDATE projects SET deleted_at = $3 WHERE tenant = $1 AND id = $2)"
                                                + " UPDATE api_keys SET revoked_at = $3 WHERE tenant = $1 AND project = $2 AND revoked_at IS NULL")
                                .execute(Tuple.of(tenant.value(), id.value(), now()))
                                .compose(rows -> trail.append(
                                        transaction,
                                        AuditEntry.deleted(
                                                author.origin(),
                                                target(before),
                                                json(before).put("revoked_keys", rows.rowCount()))))));
    }

    private static Future<ProjectInfo> locked(SqlClient transaction, TenantId tenant, ProjectId id) {
        return transaction
                .preparedQuery("SELECT " + COLUMNS + PRESENT + " FOR UPDATE")
                .execute(Tuple.of(tenant.value(), id.value()))
                .map(Projects::only);
    }

    private static <T> Future<T> missingTenant(Throwable failure) {
        boolean missing = failure instanceof PgException refusal && FOREIGN_KEY_VIOLATION.equals(refusal.getSqlState());
        return Future.failedFuture(
                missing ? new PlatformException(new ConflictError.ResourceNotFound("tenant"), failure) : failure);
    }

    private static ProjectInfo only(RowSet<Row> rows) {
        if (rows.size() == 0) {
            throw new PlatformException(new ConflictError.ResourceNotFound("project"));
        }
        return info(rows.iterator().next());
    }

    /** A limit that this version does not know is none of its business. */
    private static ProjectInfo info(Row row) {
        Map<String, Long> limits = new HashMap<>();
        row.getJsonObject("limits").forEach(limit -> {
            if (ProjectLimits.NAMES.contains(limit.getKey()) && limit.getValue() instanceof Number number) {
                limits.put(limit.getKey(), number.longValue());
            }
        });
        return new ProjectInfo(
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("id")),
                row.getString("name"),
                new ProjectLimits(limits),
                row.getOffsetDateTime("created_at").toInstant());
    }

    private static AuditTarget target(ProjectInfo project) {
        return AuditTarget.of(
                project.tenant(), project.id(), "project", project.id().value());
    }

    private static JsonObject json(ProjectInfo project) {
        return new JsonObject()
                .put("id", project.id().value())
                .put("name", project.name())
                .put("limits", json(project.limits()));
    }

    private static JsonObject json(ProjectLimits limits) {
        var json = new JsonObject();
        limits.sorted().forEach(json::put);
        return json;
    }

    private OffsetDateTime now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
