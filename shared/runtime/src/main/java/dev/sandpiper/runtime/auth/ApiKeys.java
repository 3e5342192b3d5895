package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of the installation, in PostgreSQL. Every change is in the audit trail, and none makes a key that is stronger than the one
 * of its author.
 *
 * <p>Every future fails with a {@link PlatformException}: {@code DATABASE_UNAVAILABLE}, {@code INVALID_API_KEY} when the author's own key
 * ended meanwhile, or what the method names. Safe for use by several threads; answers come on the caller's context.
 */
public final class ApiKeys {
    private static final String OF_ID = " FROM api_keys WHERE tenant = $1 AND id = $2";

    private final Database database;
    private final Pepper pepper;
    private final String environment;
    private final Clock clock;
    private final Bus bus;
    private final AuditTrail trail;
    private final Tenants tenants;
    private final SecureRandom random = new SecureRandom();

    /** @param secret the installation's own, the same on every node, at least 16 bytes */
    public ApiKeys(Vertx vertx, Database database, AuthConfig config, Secret secret, AuditTrail trail) {
        this(vertx, database, config, secret, trail, Clock.systemUTC());
    }

    /** For tools and tests, whose changes nobody asks about later. */
    public ApiKeys(Vertx vertx, Database database, AuthConfig config, Secret secret) {
        this(vertx, database, config, secret, AuditTrail.NONE);
    }

    public ApiKeys(Vertx vertx, Database database, AuthConfig config, Secret secret, AuditTrail trail, Clock clock) {
        this.database = database;
        this.pepper = Peppers.of(config, secret).current();
        this.environment = config.environment();
        this.clock = clock;
        this.trail = trail;
        this.tenants = new Tenants(database, trail, clock);
        this.bus = new Bus(vertx).register(new KeyChangeCodec());
    }

    /** As {@link Tenants#create} by whoever sets an installation up; tells whether it was made, and if not, what is there stays as it is. */
    public Future<Boolean> createTenant(TenantId id, String name, String plan) {
        return made(tenants.create(id, name, plan, Author.SETUP));
    }

    /** Likewise for a project. Fails with {@code RESOURCE_NOT_FOUND} when there is no such tenant. */
    public Future<Boolean> createProject(TenantId tenant, ProjectId id, String name) {
        return made(new Projects(database, trail, clock).create(tenant, id, name, ProjectLimits.NONE, Author.SETUP));
    }

    private static Future<Boolean> made(Future<?> creation) {
        return creation.map(true)
                .recover(failure -> failure instanceof PlatformException known
                                && known.error() instanceof ConflictError.ResourceExists
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure));
    }

    /** Likewise. */
    public Future<IssuedKey> create(NewKey wanted) {
        return create(wanted, Author.SETUP);
    }

    /**
     * Fails with {@code RESOURCE_NOT_FOUND} when there is no such project, with {@code INSUFFICIENT_SCOPE} or {@code
     * EXCEEDS_OWN_RIGHTS} when the author has less than the key would have.
     */
    public Future<IssuedKey> create(NewKey wanted, Author author) {
        return access(wanted.tenant(), author)
                .transaction(transaction -> own(transaction, author)
                        .compose(own -> {
                            requireWithin(wanted.grant(), own, author);
                            return insert(transaction, wanted);
                        })
                        .compose(issued -> trail.append(transaction, KeyAudit.created(author, issued.info()))
                                .map(issued)));
    }

    /**
     * The keys of a project, or of all projects of the tenant when it is null, revoked and expired ones too; oldest first.
     *
     * @param limit items of the page, at most
     * @param after {@link Page#next()} of the page before; null for the first. When it is anything else: {@code
     *     INVALID_PARAMETER}
     */
    public Future<Page<KeyInfo>> list(TenantId tenant, @Nullable ProjectId project, int limit, @Nullable String after) {
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
        return database.forTenant(tenant)
                .query(
                        "SELECT " + KeyRows.INFO + " FROM api_keys WHERE tenant = $1"
                                + (project == null ? "" : " AND project = $5")
                                + " AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4",
                        parameters)
                .map(rows -> Page.of(
                        rows,
                        limit,
                        KeyRows::info,
                        last -> new PagePosition(last.createdAt(), last.id().value())));
    }

    public Future<Optional<KeyInfo>> find(TenantId tenant, KeyId id) {
        return database.forTenant(tenant)
                .query("SELECT " + KeyRows.INFO + OF_ID, Tuple.of(tenant.value(), id.value()))
                .map(rows -> first(rows).map(KeyRows::info));
    }

    /**
     * Changes what a key is called or allowed. What is taken from it, its open connections lose at once: they end. Fails with {@code
     * RESOURCE_NOT_FOUND}, with {@code KEY_ENDED}, and like {@link #create} for what is added.
     */
    public Future<KeyInfo> change(TenantId tenant, KeyId id, KeyPatch patch, Author author) {
        return access(tenant, author)
                .transaction(transaction -> own(transaction, author)
                        .compose(own -> held(transaction, tenant, id, author).compose(before -> {
                            KeyGrant grant = patch.grant().apply(before.grant());
                            if (own != null) {
                                Set<String> more = grant.exceeds(own);
                                more.retainAll(grant.exceeds(before.grant()));
                                requireWithin(grant, own, more, author);
                            }
                            return update(transaction, before, patch.name(), grant)
                                    .compose(changed -> trail.append(
                                                    transaction, KeyAudit.changed(author, before, changed.info()))
                                            .map(changed));
                        })))
                .map(this::announced);
    }

    /**
     * Makes a key that may do what this one may, which still works until its grace is over. Fails with {@code RESOURCE_NOT_FOUND}, with
     * {@code KEY_ENDED}, and like {@link #create}: whoever rotates a key learns the new one.
     */
    public Future<IssuedKey> rotate(TenantId tenant, KeyId id, KeyRotation rotation, Author author) {
        return access(tenant, author)
                .transaction(transaction -> own(transaction, author)
                        .compose(own -> held(transaction, tenant, id, author).compose(old -> {
                            var wanted = new NewKey(tenant, old.project(), old.name(), successor(old, rotation, own));
                            requireWithin(wanted.grant(), own, author);
                            return insert(transaction, wanted)
                                    .compose(issued -> retire(transaction, old, issued, rotation.grace(), author));
                        })))
                .map(retired -> {
                    announced(retired.old());
                    return retired.successor();
                });
    }

    /**
     * Takes a key away for good: in PostgreSQL first, then by word to every node. A key that was revoked already stays as it
     * is, and is announced again. Fails with {@code RESOURCE_NOT_FOUND} when the tenant has no such key.
     */
    public Future<KeyInfo> revoke(TenantId tenant, KeyId id, Author author) {
        return access(tenant, author)
                .transaction(transaction -> own(transaction, author)
                        .compose(own -> locked(transaction, tenant, id, author))
                        .compose(before -> transaction
                                .preparedQuery("UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $3)"
                                        + " WHERE tenant = $1 AND id = $2 RETURNING version, " + KeyRows.INFO)
                                .execute(Tuple.of(tenant.value(), id.value(), now()))
                                .compose(rows -> {
                                    var changed = new Changed(only(rows), true);
                                    Future<Void> noted = before.revokedAt() != null
                                            ? Future.succeededFuture()
                                            : trail.append(
                                                    transaction, KeyAudit.revoked(author, before, changed.info()));
                                    return noted.map(changed);
                                })))
                .map(this::announced);
    }

    /** Likewise, by whoever sets an installation up. */
    public Future<KeyInfo> revoke(TenantId tenant, KeyId id) {
        return revoke(tenant, id, Author.SETUP);
    }

    private DatabaseAccess access(TenantId tenant, Author author) {
        return author.access(database, tenant);
    }

    /** What the author's own key may do; null for the platform itself. Not believed from a cache: it may have been taken away. */
    private Future<@Nullable KeyGrant> own(SqlClient transaction, Author author) {
        Principal principal = author.principal();
        if (principal == null) {
            return Future.succeededFuture();
        }
        return transaction
                .preparedQuery(
                        "SELECT " + KeyRows.GRANT
                                + " FROM api_keys WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)")
                .execute(Tuple.of(principal.key().value(), now()))
                .map(rows -> first(rows)
                        .map(KeyRows::grant)
                        .orElseThrow(() -> new PlatformException(new CredentialError.InvalidApiKey())));
    }

    private static void requireWithin(KeyGrant wanted, @Nullable KeyGrant own, Author author) {
        if (own != null) {
            requireWithin(wanted, own, wanted.exceeds(own), author);
        }
    }

    /** @param more in which respects the author's own key is to be looked at, where it may be exceeded */
    private static void requireWithin(KeyGrant wanted, KeyGrant own, Set<String> more, Author author) {
        if (more.remove("scopes") && !author.isOperator()) {
            Scope missing = wanted.scopes().stream()
                    .filter(scope -> !own.scopes().contains(scope))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            throw new PlatformException(new CredentialError.InsufficientScope(missing));
        }
        if (!more.isEmpty()) {
            throw new PlatformException(new CredentialError.ExceedsOwnRights(more));
        }
    }

    private Future<IssuedKey> insert(SqlClient transaction, NewKey wanted) {
        ApiKey key = ApiKey.generate(environment, random);
        Tuple parameters = Tuple.of(
                key.id(),
                wanted.tenant().value(),
                wanted.project().value(),
                wanted.name(),
                Buffer.buffer(pepper.hmac(key)),
                pepper.id());
        return transaction
                .preparedQuery("INSERT INTO api_keys (id, tenant, project, name, hmac, pepper_id, created_at, "
                        + KeyRows.GRANT
                        + ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM projects"
                        + " WHERE tenant = $2 AND id = $3 AND deleted_at IS NULL RETURNING " + KeyRows.INFO)
                .execute(KeyRows.add(parameters.addOffsetDateTime(now()), wanted.grant()))
                .map(rows -> first(rows)
                        .map(row -> new IssuedKey(KeyRows.info(row), key.text()))
                        .orElseThrow(() -> new PlatformException(new ConflictError.ResourceNotFound("project"))));
    }

    /** The key, until the end of the transaction as it is, and for this author to change. */
    private Future<KeyInfo> locked(SqlClient transaction, TenantId tenant, KeyId id, Author author) {
        return transaction
                .preparedQuery("SELECT " + KeyRows.INFO + OF_ID + " FOR UPDATE")
                .execute(Tuple.of(tenant.value(), id.value()))
                .map(rows -> {
                    KeyInfo key = first(rows)
                            .map(KeyRows::info)
                            .orElseThrow(() -> new PlatformException(new ConflictError.ResourceNotFound("key")));
                    if (key.scopes().contains(Scope.PLATFORM_OPERATE)) {
                        // An operator's key may live in a tenant, whose administrators do not rule the operator.
                        author.requireOperator();
                    }
                    return key;
                });
    }

    private Future<KeyInfo> held(SqlClient transaction, TenantId tenant, KeyId id, Author author) {
        return locked(transaction, tenant, id, author).map(key -> {
            if (key.isEnding(clock.instant())) {
                throw new PlatformException(new ConflictError.KeyEnded());
            }
            return key;
        });
    }

    private Future<Changed> update(SqlClient transaction, KeyInfo before, @Nullable String name, KeyGrant grant) {
        boolean narrowed = !before.grant().exceeds(grant).isEmpty();
        Tuple parameters =
                Tuple.of(before.tenant().value(), before.id().value(), name == null ? before.name() : name, narrowed);
        return transaction
                .preparedQuery(
                        "UPDATE api_keys SET name = $3, narrowed_version = CASE WHEN $4 THEN -1 ELSE narrowed_version END,"
                                + " (" + KeyRows.GRANT + ") = ROW ($5, $6, $7, $8, $9, $10, $11)"
                                + " WHERE tenant = $1 AND id = $2 RETURNING version, " + KeyRows.INFO)
                .execute(KeyRows.add(parameters, grant))
                .map(rows -> new Changed(only(rows), narrowed));
    }

    /** As much as the old key was meant to be allowed, and as long, but no longer than the author's own. */
    private KeyGrant successor(KeyInfo old, KeyRotation rotation, @Nullable KeyGrant own) {
        Instant asked = rotation.expiresAt();
        Instant end = old.expiresAt();
        if (asked != null || end == null) {
            return old.grant().until(asked);
        }
        Instant wanted = clock.instant().plus(Duration.between(old.createdAt(), end));
        Instant bound = own == null ? null : own.expiresAt();
        return old.grant().until(bound != null && bound.isBefore(wanted) ? bound : wanted);
    }

    private Future<Retired> retire(
            SqlClient transaction, KeyInfo old, IssuedKey successor, Duration grace, Author author) {
        OffsetDateTime end = now().plus(grace);
        return transaction
                .preparedQuery("UPDATE api_keys SET replaced_by = $3, expires_at = LEAST(expires_at, $4)"
                        + " WHERE tenant = $1 AND id = $2 RETURNING version, " + KeyRows.INFO)
                .execute(Tuple.of(
                        old.tenant().value(),
                        old.id().value(),
                        successor.info().id().value(),
                        end))
                .compose(rows -> {
                    var changed = new Changed(only(rows), grace.isZero());
                    return trail.append(transaction, KeyAudit.rotated(author, old, changed.info(), successor.info()))
                            .map(new Retired(changed, successor));
                });
    }

    /** Tells every node, which is no matter of correctness: each asks for news by itself, a little later. */
    private KeyInfo announced(Changed changed) {
        bus.announce(BusAddresses.KEYS, new KeyChange(changed.info().id(), changed.version(), changed.kind()));
        return changed.info();
    }

    /**
     * A key after a change.
     *
     * @param cut whether connections from before must go
     */
    private record Changed(KeyInfo info, long version, boolean cut) {
        Changed(Row row, boolean cut) {
            this(KeyRows.info(row), row.getLong("version"), cut);
        }

        KeyChange.Kind kind() {
            if (info.revokedAt() != null) {
                return KeyChange.Kind.GONE;
            }
            return cut ? KeyChange.Kind.NARROWED : KeyChange.Kind.CHANGED;
        }
    }

    private record Retired(Changed old, IssuedKey successor) {}

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
