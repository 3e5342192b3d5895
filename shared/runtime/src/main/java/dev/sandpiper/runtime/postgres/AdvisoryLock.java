package dev.sandpiper.runtime.postgres;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one node of the installation holds and no other can: an advisory lock of PostgreSQL, on a connection of its own. It is
 * gone with the connection, so that another node takes over when this one dies; PostgreSQL is told to notice a dead peer within
 * seconds. A node that was frozen may believe for a while that it still holds it: whoever is about to do what must not be done
 * twice calls {@link #query} first, on that very connection. Safe for use by several threads.
 */
public final class AdvisoryLock {
    private static final String NOTICE_DEATH =
            "SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false),"
                    + " set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '10000', false)";

    private final PgConnection connection;
    private final Duration timeout;
    private volatile boolean lost;

    private AdvisoryLock(PgConnection connection, Duration timeout) {
        this.connection = connection;
        this.timeout = timeout;
        connection.closeHandler(v -> lost = true);
    }

    /** Null when another holds it. */
    static Future<@Nullable AdvisoryLock> attempt(Future<PgConnection> connecting, long id, Duration timeout) {
        return bounded(connecting, timeout).compose(connection -> {
            var lock = new AdvisoryLock(connection, timeout);
            return lock.query(NOTICE_DEATH, Tuple.tuple())
                    .compose(v -> lock.query("SELECT pg_try_advisory_lock($1) AS mine", Tuple.of(id)))
                    .<@Nullable AdvisoryLock>map(rows -> rows.iterator().next().getBoolean("mine") ? lock : null)
                    .onComplete(result -> {
                        if (result.failed() || result.result() == null) {
                            lock.release();
                        }
                    });
        });
    }

    /** Whether the connection is known to be gone. */
    public boolean isLost() {
        return lost;
    }

    /**
     * Asks something over the connection that holds the lock: an answer proves that it was held when PostgreSQL gave it. Fails
     * with {@code DATABASE_UNAVAILABLE}, and then the lock is given up.
     */
    public Future<RowSet<Row>> query(String sql, Tuple parameters) {
        if (lost) {
            return Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable()));
        }
        return bounded(connection.preparedQuery(sql).execute(parameters), timeout)
                .onFailure(e -> release());
    }

    /** Gives it back. Never fails. */
    public Future<Void> release() {
        lost = true;
        return connection.close().otherwiseEmpty();
    }

    private static <T> Future<T> bounded(Future<T> future, Duration timeout) {
        return future.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .recover(e -> Future.failedFuture(
                        DatabaseFailures.isUnavailable(e)
                                ? new PlatformException(new AvailabilityError.DatabaseUnavailable(), e)
                                : e));
    }
}
