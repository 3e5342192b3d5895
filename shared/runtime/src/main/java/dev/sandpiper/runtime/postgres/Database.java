package dev.sandpiper.runtime.postgres;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of connections to PostgreSQL. It connects when first asked, and again by itself after the server was away.
 *
 * <p>Every query ends within the query timeout, also when the server accepts connections and never answers. Whatever means
 * "cannot be reached" fails as {@code DATABASE_UNAVAILABLE}; an error in the statement itself stays the
 * {@link io.vertx.pgclient.PgException} that it is. Safe for use by several threads; answers come on the caller's context.
 */
public final class Database {
    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private final Vertx vertx;
    private final PostgresConfig config;
    private final Pool pool;
    private final Duration queryTimeout;
    private final Timer answered;
    private final Timer unavailable;
    private final AtomicBoolean reachable = new AtomicBoolean(true);

    private Database(Vertx vertx, PostgresConfig config, Pool pool, MeterRegistry registry) {
        this.vertx = vertx;
        this.config = config;
        this.pool = pool;
        this.queryTimeout = config.queryTimeout();
        this.answered = timer(registry, "answered");
        this.unavailable = timer(registry, "unavailable");
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

    /** Runs one statement in a transaction of its own. */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        long start = System.nanoTime();
        return pool.preparedQuery(sql)
                .execute(parameters)
                .timeout(queryTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .transform(result -> outcome(result, start));
    }

    /** Likewise, without parameters. */
    public Future<RowSet<Row>> query(String sql) {
        return query(sql, Tuple.tuple());
    }

    /**
     * Runs several statements in one transaction, which ends within twice the query timeout. It is committed when the future of
     * the work succeeds, and rolled back when it fails; fails then with what the work failed with.
     */
    public <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
        long start = System.nanoTime();
        return pool.withTransaction(connection -> work.apply(connection)
                        .timeout(queryTimeout.toMillis(), TimeUnit.MILLISECONDS))
                .timeout(2 * queryTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .transform(result -> outcome(result, start));
    }

    /**
     * Takes an advisory lock if it is free; null when another node holds it. Needs a connection to PostgreSQL itself or to a
     * pooler that gives each client a session of its own.
     */
    public Future<@Nullable AdvisoryLock> lock(long id) {
        return AdvisoryLock.attempt(PgConnection.connect(vertx, config.connectOptions()), id, queryTimeout);
    }

    /** Succeeds when the database answers; for readiness. */
    public Future<Void> probe() {
        return query("SELECT 1").mapEmpty();
    }

    public Future<Void> close() {
        return pool.close();
    }

    private <T> Future<T> outcome(AsyncResult<T> result, long start) {
        if (result.succeeded()) {
            reached(start);
            return Future.succeededFuture(result.result());
        }
        Throwable failure = result.cause();
        if (DatabaseFailures.isUnavailable(failure)) {
            missed(start, failure);
            return Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable(), failure));
        }
        reached(start);
        return Future.failedFuture(failure);
    }

    private void reached(long start) {
        answered.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        if (!reachable.get() && reachable.compareAndSet(false, true)) {
            log.atInfo().log("PostgreSQL answers again");
        }
    }

    private void missed(long start, Throwable failure) {
        unavailable.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        if (reachable.compareAndSet(true, false)) {
            log.atWarn().addKeyValue("reason", String.valueOf(failure)).log("PostgreSQL cannot be reached");
        }
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return Timer.builder("sandpiper.postgres.query")
                .description("Time to the answer of PostgreSQL, waiting for a connection included")
                .tag("outcome", outcome)
                .register(registry);
    }
}
