package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tenants of the installation, in PostgreSQL. Operators change them, and every change is in the audit trail.
 *
 * <p>Every future fails with a {@link PlatformException}: {@code DATABASE_UNAVAILABLE}, {@code RESOURCE_NOT_FOUND}, {@code
 * INSUFFICIENT_SCOPE}, or what the method names. Safe for use by several threads; answers come on the caller's context.
 */
public final class Tenants {
    private static final String COLUMNS = "id, name, status, plan, created_at, suspended_at, suspended_reason";

    private final Database database;
    private final AuditTrail trail;
    private final Clock clock;

    public Tenants(Database database, AuditTrail trail, Clock clock) {
        this.database = database;
        this.trail = trail;
        this.clock = clock;
    }

    /** Fails with {@code RESOURCE_EXISTS} when there is one of this id. */
    public Future<TenantInfo> create(TenantId id, String name, String plan, Author author) {
        author.requireOperator();
        return database.platform()
                .transaction(transaction -> transaction
                        .preparedQuery("INSERT INTO tenants (id, name, plan, created_at) VALUES ($1, $2, $3, $4)"
                                + " ON CONFLICT DO NOTHING RETURNING " + COLUMNS)
                        .execute(Tuple.of(id.value(), name, plan, now()))
                        .compose(rows -> {
                            if (rows.size() == 0) {
                                throw new PlatformException(new ConflictError.ResourceExists("tenant"));
                            }
                            TenantInfo made = info(rows.iterator().next());
                            return trail.append(
                                            transaction,
                                            AuditEntry.created(author.origin(), target(id), json(made))
                                                    .onPlatform())
                                    .map(made);
                        }));
    }

    public Future<TenantInfo> find(TenantId id) {
        return database.forTenant(id)
                .query("SELECT " + COLUMNS + " FROM tenants WHERE id = $1", Tuple.of(id.value()))
                .map(Tenants::only);
    }

    /**
     * All of them, oldest first; for operators.
     *
     * @param after {@link Page#next()} of the page before; null for the first. When it is anything else: {@code INVALID_PARAMETER}
     */
    public Future<Page<TenantInfo>> list(int limit, @Nullable String after) {
        PagePosition position;
        try {
            position = PagePosition.parse(after);
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
        return database.platform()
                .query(
                        "SELECT " + COLUMNS
                                + " FROM tenants WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3",
                        Tuple.of(position.time(), position.id(), limit + 1))
                .map(rows -> Page.of(
                        rows,
                        limit,
                        Tenants::info,
                        last -> new PagePosition(last.createdAt(), last.id().value())));
    }

    /**
     * Changes what is not null. A tenant that is suspended stays so; the status is then the one that it comes back to.
     *
     * @param status {@code active}, {@code trial} or {@code past_due}
     */
    public Future<TenantInfo> change(
            TenantId id, @Nullable String name, @Nullable String plan, @Nullable String status, Author author) {
        author.requireOperator();
        return database.platform()
                .transaction(transaction -> locked(transaction, id)
                        .compose(before -> transaction
                                .preparedQuery(
                                        "UPDATE tenants SET name = COALESCE($2, name), plan = COALESCE($3, plan),"
                                                + " resumed_status = CASE WHEN status = 'suspended' THEN COALESCE($4, resumed_status) END,"
                                                + " status = CASE WHEN status = 'suspended' THEN status ELSE COALESCE($4, status) END"
                                                + " WHERE id = $1 RETURNING " + COLUMNS)
                                .execute(Tuple.of(id.value(), name, plan, status))
                                .compose(rows -> {
                                    TenantInfo after = only(rows);
                                    return trail.append(
                                                    transaction,
                                                    AuditEntry.changed(
                                                                    author.origin(),
                                                                    target(id),
                                                                    json(before),
                                                                    json(after))
                                                            .onPlatform())
                                            .map(after);
                                })));
    }

    private static Future<TenantInfo> locked(SqlClient transaction, TenantId id) {
        return transaction
                .preparedQuery("SELECT " + COLUMNS + " FROM tenants WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id.value()))
                .map(Tenants::only);
    }

    private static TenantInfo only(RowSet<Row> rows) {
        if (rows.size() == 0) {
            throw new PlatformException(new ConflictError.ResourceNotFound("tenant"));
        }
        return info(rows.iterator().next());
    }

    private static TenantInfo info(Row row) {
        return new TenantInfo(
                new TenantId(row.getString("id")),
                row.getString("name"),
                row.getString("status"),
                row.getString("plan"),
                row.getOffsetDateTime("created_at").toInstant(),
                KeyRows.instant(row, "suspended_at"),
                row.getString("suspended_reason"));
    }

    private static AuditTarget target(TenantId id) {
        return AuditTarget.of(id, "tenant", id.value());
    }

    private static JsonObject json(TenantInfo tenant) {
        return new JsonObject()
                .put("id", tenant.id().value())
                .put("name", tenant.name())
                .put("status", tenant.status())
                .put("plan", tenant.plan());
    }

    private OffsetDateTime now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
