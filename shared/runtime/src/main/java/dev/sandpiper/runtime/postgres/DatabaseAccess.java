package dev.sandpiper.runtime.postgres;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;

/**
 * The database as far as one tenant goes, or, by name, the whole of it. PostgreSQL itself draws the line (row-level security), by a
 * setting that is made with the beginning of each transaction and ends with it: a connection carries nothing over to whoever
 * uses it next, and a statement that was sent by mistake without any access finds the tables of tenants empty.
 *
 * <p>A single statement is sent together with the beginning and the end of its transaction, so that it takes one round trip as
 * without them. Safe for use by several threads; answers come on the caller's context.
 */
public final class DatabaseAccess {
    private static final String COMMIT = "COMMIT";
    private static final String ROLLBACK = "ROLLBACK";

    private final Pool pool;
    private final DatabaseClock clock;
    private final String begin;

    /** @param setting in whose name, as in {@code sandpiper.tenant = 'acme'}; of trusted parts only */
    DatabaseAccess(Pool pool, DatabaseClock clock, String setting) {
        this.pool = pool;
        this.clock = clock;
        this.begin = "BEGIN; SET LOCAL " + setting;
    }

    /** Runs one statement in a transaction of its own. Fails as {@link Database} says. */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return clock.timed(pool.getConnection().compose(connection -> {
            Future<?> began = connection.query(begin).execute();
            Future<RowSet<Row>> answer = connection.preparedQuery(sql).execute(parameters);
            Future<?> ended = connection.query(COMMIT).execute();
            return Future.join(began, answer, ended)
                    .transform(all -> answer.failed() || all.succeeded() ? answer : Future.failedFuture(all.cause()))
                    .eventually(connection::close);
        }));
    }

    /** Likewise, without parameters. */
    public Future<RowSet<Row>> query(String sql) {
        return query(sql, Tuple.tuple());
    }

    /**
     * Runs several statements in one transaction, which is committed when {@code work} succeeds and undone when it fails, and then
     * fails as the work did. All of it ends within the query timeout; the answer comes after the commit.
     */
    public <T> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
        return clock.timed(pool.getConnection()
                .compose(connection -> clock.bounded(connection.query(begin).execute())
                        .compose(began -> clock.bounded(work.apply(connection)))
                        .transform(done -> end(connection, done))
                        .eventually(connection::close)));
    }

    private <T> Future<T> end(SqlConnection connection, AsyncResult<T> done) {
        return done.succeeded()
                ? clock.bounded(connection.query(COMMIT).execute()).map(v -> done.result())
                : clock.bounded(connection.query(ROLLBACK).execute()).transform(v -> Future.failedFuture(done.cause()));
    }
}
