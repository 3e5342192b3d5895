package dev.sandpiper.runtime.postgres;

import dev.sandpiper.domain.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * A pool of connections to PostgreSQL. It connects when first asked, and again by itself after the server was away.
 *
 * <p>What a statement sees is said with {@link #forTenant} or {@link #platform}; a plain {@link #query} sees no row of any table
 * that belongs to tenants. Every query ends within the query timeout, also when the server accepts connections and never answers. Whatever
 * means "cannot be reached" fails as {@code DATABASE_UNAVAILABLE}; an error in the statement itself stays the
 * {@link io.vertx.pgclient.PgException} that it is. Safe for use by several threads; answers come on the caller's context.
 */
public final class Database {
    private static final String PLATFORM = "sandpiper.access = 'platform'";

    private final Vertx vertx;
    private final PostgresConfig config;
    private final Pool pool;
    private final DatabaseClock clock;
    private final DatabaseAccess platform;

    private Database(Vertx vertx, PostgresConfig config, Pool pool, MeterRegistry registry) {
        this.vertx = vertx;
        this.config = config;
        this.pool = pool;
        this.clock = new DatabaseClock(config.queryTimeout(), registry);
        this.platform = new DatabaseAccess(pool, clock, PLATFORM);
    }

    public static Database open(Vertx vertx, PostgresConfig config, MeterRegistry registry) {
        Pool pool = ClientBuilder.pool(new TimedDriver())
                .with(config.poolOptions())
                .with(config.transportOptions())
                .connectingTo(config.connectOptions())
                .using(vertx)
                .build();
        return new Database(vertx, config, pool, registry);
    }

    /** The database as if this tenant were alone in it. */
    public DatabaseAccess forTenant(TenantId tenant) {
        return new DatabaseAccess(pool, clock, "sandpiper.tenant = '" + tenant.value() + "'");
    }

    /**
     * All tenants: for what a node does for the installation as a whole, such as looking up a key before it is known whose it is, or
     * asking what changed anywhere. Never to answer the question of a tenant.
     */
    public DatabaseAccess platform() {
        return platform;
    }

    /** Runs one statement in a transaction of its own, on tables of no tenant. */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return clock.timed(pool.preparedQuery(sql).execute(parameters));
    }

    /** Likewise, without parameters. */
    public Future<RowSet<Row>> query(String sql) {
        return query(sql, Tuple.tuple());
    }

    /**
     * Takes an advisory lock if it is free; null when another node holds it. What is asked over it is asked for the whole installation,
     * as by {@link #platform}. Needs a connection to PostgreSQL itself or to a pooler that gives each client a session of its own.
     */
    public Future<@Nullable AdvisoryLock> lock(long id) {
        return AdvisoryLock.attempt(PgConnection.connect(vertx, config.platformOptions()), id, config.queryTimeout());
    }

    /** Succeeds when the database answers; for readiness. */
    public Future<Void> probe() {
        return query("SELECT 1").mapEmpty();
    }

    public Future<Void> close() {
        return pool.close();
    }
}
