package dev.sandpiper.tokens.postgres;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.tokens.Issuer;
import dev.sandpiper.tokens.IssuerJson;
import dev.sandpiper.tokens.Revocation;
import dev.sandpiper.tokens.TokenStore;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Issuers and revocations in PostgreSQL. Each change is one transaction with its entry in the audit trail. */
public final class PostgresTokens implements TokenStore {
    private static final int PAGE = 500;
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private static final String INSERT =
            "INSERT INTO token_issuers (id, tenant, project, type, issuer, audience, url, secret,"
                    + " leeway_ms, scopes, channels, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    private static final String COUNT =
            "SELECT count(*) FROM token_issuers WHERE tenant = $1 AND project = $2 AND deleted_at IS NULL";

    private static final String ONE =
            "SELECT " + IssuerRows.COLUMNS + " FROM token_issuers WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL";

    private static final String LIST = "SELECT " + IssuerRows.COLUMNS
            + " FROM token_issuers WHERE tenant = $1 AND project = $2 AND deleted_at IS NULL ORDER BY created_at, id";

    private static final String CHANGE = "UPDATE token_issuers SET leeway_ms = COALESCE($3, leeway_ms),"
            + " scopes = COALESCE($4, scopes), channels = COALESCE($5, channels)"
            + " WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL RETURNING " + IssuerRows.COLUMNS;

    private static final String DELETE = "UPDATE token_issuers SET deleted_at = $3, secret = NULL"
            + " WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL";

    private static final String REVOKE =
            "INSERT INTO token_revocations AS r (tenant, project, kind, value, issued_until,"
                    + " expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, project, kind, value) DO UPDATE SET"
                    + " issued_until = GREATEST(r.issued_until, EXCLUDED.issued_until),"
                    + " expires_at = GREATEST(r.expires_at, EXCLUDED.expires_at) RETURNING *";

    /** One row at least, so that the version is known even when nothing changed. */
    private static final String ISSUERS_SINCE = "SELECT c.version AS current, i.* FROM change_versions c"
            + " LEFT JOIN token_issuers i ON i.version > $1 WHERE c.topic = 'token_issuers' ORDER BY i.version LIMIT "
            + PAGE;

    private static final String REVOKED_SINCE = "SELECT c.version AS current, r.* FROM change_versions c"
            + " LEFT JOIN token_revocations r ON r.version > $1 AND r.expires_at > $2"
            + " WHERE c.topic = 'token_revocations' ORDER BY r.version LIMIT " + PAGE;

    private final Database database;
    private final AuditTrail audit;
    private final IssuerRows rows;
    private final Clock clock;

    public PostgresTokens(Database database, AuditTrail audit, IssuerSecrets secrets, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.rows = new IssuerRows(secrets);
        this.clock = clock;
    }

    @Override
    public Future<Void> create(Issuer issuer, AuditOrigin origin) {
        Tuple place = Tuple.of(issuer.tenant().value(), issuer.project().value());
        // The project's row lets one at a time count and insert.
        return database.forTenant(issuer.tenant())
                .transaction(tx -> tx.preparedQuery(
                                "SELECT 1 FROM projects WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE")
                        .execute(place)
                        .compose(found -> {
                            if (found.size() == 0) {
                                throw missing("project");
                            }
                            return tx.preparedQuery(COUNT).execute(place);
                        })
                        .compose(counted -> {
                            if (only(counted).getLong(0) >= Issuer.MAX_PER_PROJECT) {
                                throw new PlatformException(new ConflictError.TooManyIssuers(Issuer.MAX_PER_PROJECT));
                            }
                            return tx.preparedQuery(INSERT).execute(rows.parameters(issuer));
                        })
                        .compose(done -> audit.append(
                                tx, AuditEntry.created(origin, target(issuer), IssuerJson.object(issuer)))))
                .recover(failure -> Future.failedFuture(
                        failure instanceof PgException refusal && UNIQUE_VIOLATION.equals(refusal.getSqlState())
                                ? new PlatformException(new ConflictError.IssuerExists(issuer.name()), failure)
                                : failure));
    }

    @Override
    public Future<Optional<Issuer>> find(TenantId tenant, IssuerId id) {
        return database.forTenant(tenant)
                .query(ONE, Tuple.of(tenant.value(), id.value()))
                .map(found -> found.size() == 0 ? Optional.empty() : Optional.of(rows.issuer(only(found))));
    }

    @Override
    public Future<List<Issuer>> list(TenantId tenant, ProjectId project) {
        return database.forTenant(tenant)
                .query(LIST, Tuple.of(tenant.value(), project.value()))
                .map(found -> {
                    List<Issuer> issuers = new ArrayList<>();
                    found.forEach(row -> issuers.add(rows.issuer(row)));
                    return issuers;
                });
    }

    @Override
    public Future<Issuer> change(TenantId tenant, IssuerId id, Change change, AuditOrigin origin) {
        Tuple parameters = Tuple.of(tenant.value(), id.value())
                .addLong(change.leeway() == null ? null : change.leeway().toMillis())
                .addArrayOfString(change.scopes() == null ? null : IssuerRows.names(change.scopes()))
                .addString(
                        change.channels() == null
                                ? null
                                : IssuerJson.channels(change.channels()).encode());
        return database.forTenant(tenant)
                .transaction(tx -> locked(tx, tenant, id)
                        .compose(before -> tx.preparedQuery(CHANGE)
                                .execute(parameters)
                                .map(changed -> rows.issuer(only(changed)))
                                .compose(after -> audit.append(
                                                tx,
                                                AuditEntry.changed(
                                                        origin,
                                                        target(after),
                                                        IssuerJson.object(before),
                                                        IssuerJson.object(after)))
                                        .map(after))));
    }

    @Override
    public Future<Void> delete(TenantId tenant, IssuerId id, AuditOrigin origin) {
        return database.forTenant(tenant)
                .transaction(tx -> locked(tx, tenant, id)
                        .compose(before -> tx.preparedQuery(DELETE)
                                .execute(Tuple.of(tenant.value(), id.value(), time(clock.instant())))
                                .compose(done -> audit.append(
                                        tx, AuditEntry.deleted(origin, target(before), IssuerJson.object(before))))));
    }

    @Override
    public Future<Revocation> revoke(Revocation wanted, AuditOrigin origin) {
        Tuple parameters = Tuple.tuple()
                .addString(wanted.tenant().value())
                .addString(wanted.project().value())
                .addString(wanted.kind().wireName())
                .addString(wanted.value())
                .addOffsetDateTime(time(wanted.issuedUntil()))
                .addOffsetDateTime(time(wanted.expiresAt()));
        return database.forTenant(wanted.tenant())
                .transaction(tx -> tx.preparedQuery(REVOKE)
                        .execute(parameters)
                        .map(found -> revocation(only(found)))
                        .compose(revoked ->
                                audit.append(tx, entry(revoked, origin)).map(revoked)))
                .recover(failure -> Future.failedFuture(
                        failure instanceof PgException refusal && FOREIGN_KEY_VIOLATION.equals(refusal.getSqlState())
                                ? new PlatformException(new ConflictError.ResourceNotFound("project"), failure)
                                : failure));
    }

    @Override
    public Future<Changes<IssuerState>> issuersSince(long version) {
        return database.platform().query(ISSUERS_SINCE, Tuple.of(version)).map(found -> {
            List<IssuerState> changed = new ArrayList<>();
            long last = version;
            for (Row row : found) {
                String id = row.getString("id");
                if (id != null) {
                    Issuer issuer =
                            IssuerRows.isGone(row) ? null : rows.usable(row).orElse(null);
                    changed.add(new IssuerState(new IssuerId(id), issuer));
                    last = row.getLong("version");
                }
            }
            return changes(found, changed, version, last);
        });
    }

    @Override
    public Future<Changes<Revocation>> revocationsSince(long version, Instant now) {
        return database.platform()
                .query(REVOKED_SINCE, Tuple.of(version, time(now)))
                .map(found -> {
                    List<Revocation> changed = new ArrayList<>();
                    long last = version;
                    for (Row row : found) {
                        if (row.getString("tenant") != null) {
                            changed.add(revocation(row));
                            last = row.getLong("version");
                        }
                    }
                    return changes(found, changed, version, last);
                });
    }

    @Override
    public Future<Void> purge(Instant now) {
        return database.platform()
                .query("DELETE FROM token_revocations WHERE expires_at < $1", Tuple.of(time(now)))
                .mapEmpty();
    }

    /** As it is, until the transaction ends. */
    private Future<Issuer> locked(SqlClient tx, TenantId tenant, IssuerId id) {
        return tx.preparedQuery(ONE + " FOR UPDATE")
                .execute(Tuple.of(tenant.value(), id.value()))
                .map(found -> {
                    if (found.size() == 0) {
                        throw missing("issuer");
                    }
                    return rows.issuer(only(found));
                });
    }

    private static <T> Changes<T> changes(RowSet<Row> found, List<T> changed, long asked, long last) {
        long current = only(found).getLong("current");
        boolean more = changed.size() == PAGE;
        return new Changes<>(changed, more ? last : Math.max(current, last), current < asked, more);
    }

    private static Revocation revocation(Row row) {
        return new Revocation(
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                row.getString("kind").equals(Revocation.Kind.USER.wireName())
                        ? Revocation.Kind.USER
                        : Revocation.Kind.TOKEN,
                row.getString("value"),
                row.getOffsetDateTime("issued_until").toInstant(),
                row.getOffsetDateTime("expires_at").toInstant());
    }

    private static AuditEntry entry(Revocation revoked, AuditOrigin origin) {
        var target = AuditTarget.of(
                revoked.tenant(), revoked.project(), revoked.kind().wireName(), revoked.value());
        return new AuditEntry(
                origin, target, revoked.kind().wireName() + ".revoked", null, IssuerJson.object(revoked), false);
    }

    private static AuditTarget target(Issuer issuer) {
        return AuditTarget.of(
                issuer.tenant(), issuer.project(), "issuer", issuer.id().value());
    }

    private static PlatformException missing(String resource) {
        return new PlatformException(new ConflictError.ResourceNotFound(resource));
    }

    private static Row only(RowSet<Row> found) {
        return found.iterator().next();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
