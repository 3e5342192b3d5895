package dev.sandpiper.runtime.postgres;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Which failures mean that the database cannot be used now, and which that the statement was wrong. */
final class DatabaseFailures {
    /** Classes of SQLSTATE: connection, authorization, catalog name (no such database), resources, operator intervention. */
    private static final Set<String> CLASSES = Set.of("08", "28", "3D", "53", "57");

    /** What a server says that was demoted to a replica. */
    private static final String READ_ONLY = "25006";

    private DatabaseFailures() {}

    static boolean isUnavailable(Throwable failure) {
        if (failure instanceof PgException refusal) {
            return isUnavailable(refusal.getSqlState());
        }
        // Closed connections, full pools and timed-out waits for a connection are VertxExceptions.
        return failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException;
    }

    private static boolean isUnavailable(@Nullable String sqlState) {
        return sqlState != null
                && sqlState.length() == 5
                && (CLASSES.contains(sqlState.substring(0, 2)) || sqlState.equals(READ_ONLY));
    }
}
