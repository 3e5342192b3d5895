package dev.sandpiper.embed;

import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.schema.SchemaMigration;
import dev.sandpiper.schema.SchemaMigrationException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the database to this version's schema, waiting for a PostgreSQL that is still starting. Runs on a thread of its own,
 * because JDBC blocks, and before there is a Vert.x instance, because joining the cluster takes time that can be shared.
 */
final class DatabaseStartup {
    private static final Logger log = LoggerFactory.getLogger(DatabaseStartup.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Of SQLSTATE: the connection failed (08), or the server is starting, stopping or full (57P, 53). */
    private static final String[] PASSING = {"08", "57P", "53"};

    private final PostgresConfig config;
    private final long deadline;

    private DatabaseStartup(PostgresConfig config, Duration patience) {
        this.config = config;
        this.deadline = System.nanoTime() + patience.toNanos();
    }

    static Future<Void> migrate(PostgresConfig config, Duration patience) {
        var startup = new DatabaseStartup(config, patience);
        Promise<Void> done = Promise.promise();
        Thread.ofVirtual().name("sandpiper-migration").start(() -> startup.run(done));
        return done.future();
    }

    private void run(Promise<Void> done) {
        boolean told = false;
        while (true) {
            try {
                SchemaMigration.migrate(
                        config.jdbcUrl(), config.user(), config.password().reveal());
                done.complete();
                return;
            } catch (SchemaMigrationException e) {
                if (!isPassing(e) || System.nanoTime() > deadline) {
                    done.fail(e);
                    return;
                }
                if (!told) {
                    told = true;
                    log.atInfo()
                            .addKeyValue("reason", String.valueOf(e.getMessage()))
                            .log("Waiting for PostgreSQL");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (RuntimeException e) {
                done.fail(e);
                return;
            }
        }
    }

    private static boolean isPassing(SchemaMigrationException failure) {
        String state = failure.getCause() instanceof SQLException cause ? cause.getSQLState() : null;
        for (String prefix : PASSING) {
            if (state != null && state.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
