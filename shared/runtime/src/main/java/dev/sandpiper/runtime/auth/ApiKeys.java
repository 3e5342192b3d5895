package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tenants, projects and API keys of the installation, in PostgreSQL. Tenant and project are explicit in every call.
 *
 * <p>Every future fails with a {@link PlatformException}: {@code DATABASE_UNAVAILABLE}, or what the method names. Safe for use
 * by several threads; answers come on the caller's context.
 */
public final class ApiKeys {
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private final Database database;
    private final Pepper pepper;
    private final String environment;
    private final Clock clock;
    private final Bus bus;
    private final SecureRandom random = new SecureRandom();

    /** @param secret the installation's own, the same on every node, at least 16 bytes */
    public ApiKeys(Vertx vertx, Database database, AuthConfig config, Secret secret) {
        this(vertx, database, config, secret, Clock.systemUTC());
    }

    public ApiKeys(Vertx vertx, Database database, AuthConfig config, Secret secret, Clock clock) {
        this.database = database;
        this.pepper = new Pepper(secret);
        this.environment = config.environment();
        this.clock = clock;
        this.bus = new Bus(vertx).register(new KeyChangeCodec());
    }

    /** Tells whether the tenant was made; if not, there is one of this id already and stays as it is. */
    public Future<Boolean> createTenant(TenantId id, String name, String plan) {
        return database.query(
                        "INSERT INTO tenants (id, name, plan, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                        Tuple.of(id.value(), name, plan, now()))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Likewise for a project. Fails with {@code RESOURCE_NOT_FOUND} when there is no such tenant. */
    public Future<Boolean> createProject(TenantId tenant, ProjectId id, String name) {
        return database.query(
                        "INSERT INTO projects (tenant, id, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                        Tuple.of(tenant.value(), id.value(), name, now()))
                .map(rows -> rows.rowCount() == 1)
                .recover(failure -> missingParent(failure, "tenant"));
    }

    /** Fails with {@code RESOURCE_NOT_FOUND} when there is no such project. */
    public Future<IssuedKey> create(NewKey wanted) {
        ApiKey key = ApiKey.generate(environment, random);
        return database.query(
                        "INSERT INTO api_keys (id, tenant, project, name, hmac, pepper_id, scopes, created_at, expires_at)"
                                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING " + KeyRows.INFO,
                        Tuple.from(List.of(
                                        key.id(),
                                        wanted.tenant().value(),
                                        wanted.project().value(),
                                        wanted.name(),
                                        Buffer.buffer(pepper.hmac(key)),
                                        pepper.id(),
                                        KeyRows.names(wanted.scopes()),
                                        now()))
                                .addValue(KeyRows.time(wanted.expiresAt())))
                .map(rows -> new IssuedKey(KeyRows.info(only(rows)), key.text()))
                .recover(failure -> missingParent(failure, "project"));
    }

    /**
     * The keys of a project, or of all projects of the tenant when it is null, revoked and expired ones too; oldest first.
     *
     * @param limit items of the page, at most
     * @param after {@link KeyPage#next()} of the page before; null for the first. When it is anything else: {@code
     *     INVALID_PARAMETER}
     */
    public Future<KeyPage> list(TenantId tenant, @Nullable ProjectId project, int limit, @Nullable String after) {
        PagePosition position;
        try {
            position = PagePosition.parse(after);
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
        Tuple parameters = Tuple.of(tenant.value(), position.time(), position.id(), limit + 1);
        if (project != null) {
            parameters.addString(project.value());
        }
        return database.query(
                        "SELECT " + KeyRows.INFO + " FROM api_keys WHERE tenant = $1"
                                + (project == null ? "" : " AND project = $5")
                                + " AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4",
                        parameters)
                .map(rows -> page(rows, limit));
    }

    public Future<Optional<KeyInfo>> find(TenantId tenant, KeyId id) {
        return database.query(
                        "SELECT " + KeyRows.INFO + " FROM api_keys WHERE tenant = $1 AND id = $2",
                        Tuple.of(tenant.value(), id.value()))
                .map(rows -> first(rows).map(KeyRows::info));
    }

    /**
     * Takes a key away for good: in PostgreSQL first, then by word to every node. A key that was revoked already stays as it
     * is, and is announced again. Fails with {@code RESOURCE_NOT_FOUND} when the tenant has no such key.
     */
    public Future<KeyInfo> revoke(TenantId tenant, KeyId id) {
        return database.query(
                        "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $3) WHERE tenant = $1 AND id = $2 RETURNING version, "
                                + KeyRows.INFO,
                        Tuple.of(tenant.value(), id.value(), now()))
                .map(rows -> {
                    Row row = first(rows)
                            .orElseThrow(() -> new PlatformException(new ConflictError.ResourceNotFound("key")));
                    bus.announce(BusAddresses.KEYS, new KeyChange(id, row.getLong("version"), true));
                    return KeyRows.info(row);
                });
    }

    /** The key of this id, whatever its tenant, for whoever presents it. */
    Future<Optional<StoredKey>> load(String id) {
        return database.query("SELECT " + KeyRows.STORED + " FROM api_keys WHERE id = $1", Tuple.of(id))
                .map(rows -> first(rows).map(KeyRows::stored));
    }

    /** Notes that these keys were used lately; other nodes may be noting the same. */
    Future<Void> touch(Collection<String> ids) {
        return database.query(
                        "UPDATE api_keys SET last_used_at = $2 WHERE id IN"
                                + " (SELECT id FROM api_keys WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED)",
                        Tuple.of(ids.toArray(String[]::new), now()))
                .mapEmpty();
    }

    private static KeyPage page(RowSet<Row> rows, int limit) {
        List<KeyInfo> items = new ArrayList<>();
        for (Row row : rows) {
            if (items.size() == limit) {
                KeyInfo last = items.get(limit - 1);
                return new KeyPage(
                        items, new PagePosition(last.createdAt(), last.id().value()).text());
            }
            items.add(KeyRows.info(row));
        }
        return new KeyPage(items, null);
    }

    private static <T> Future<T> missingParent(Throwable failure, String resource) {
        boolean missing = failure instanceof PgException refusal && FOREIGN_KEY_VIOLATION.equals(refusal.getSqlState());
        return Future.failedFuture(
                missing ? new PlatformException(new ConflictError.ResourceNotFound(resource), failure) : failure);
    }

    private static Row only(RowSet<Row> rows) {
        return rows.iterator().next();
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        return rows.size() == 0 ? Optional.empty() : Optional.of(only(rows));
    }

    /** As precise as PostgreSQL keeps it. */
    private OffsetDateTime now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
