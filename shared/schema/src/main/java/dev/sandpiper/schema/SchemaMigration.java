package dev.sandpiper.schema;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.analytics.configuration.AnalyticsArgs;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.lockservice.LockServiceFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to the schema of this version.
 *
 * <p>Any number of nodes may call it at once: one works, the others wait and find nothing left to do. The lock is an
 * advisory one of PostgreSQL and goes with the connection, so a node that is killed half-way blocks nobody; each changelog
 * step is a transaction, so the next node goes on where it ended. When everything is applied, which a fingerprint of the
 * changelogs tells, one query is all that happens and Liquibase is not even loaded.
 */
public final class SchemaMigration {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaMigration.class);
    private static final String LOCK_TIMEOUT = "2min";

    /** Liquibase keeps its scope in a static: one migration at a time in one process. */
    private static final ReentrantLock IN_PROCESS = new ReentrantLock();

    private SchemaMigration() {}

    /**
     * Blocks until the schema is up to date.
     *
     * @param jdbcUrl such as {@code jdbc:postgresql://127.0.0.1:5432/sandpiper}; with {@code currentSchema} the tables go
     *     there, and that schema must exist
     * @return whether anything had to be applied
     * @throws SchemaMigrationException when the database cannot be reached or a step fails
     */
    public static boolean migrate(String jdbcUrl, String user, String password) {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "sandpiper-migration");
        String fingerprint = Changelog.fingerprint();
        try (Connection connection = DriverManager.getConnection(jdbcUrl, properties)) {
            if (isApplied(connection, fingerprint)) {
                return false;
            }
            return migrateLocked(connection, fingerprint);
        } catch (SQLException e) {
            throw new SchemaMigrationException("the database cannot be migrated: " + e.getMessage(), e);
        }
    }

    private static boolean migrateLocked(Connection connection, String fingerprint) throws SQLException {
        IN_PROCESS.lock();
        try {
            long start = System.nanoTime();
            lock(connection);
            if (isApplied(connection, fingerprint)) {
                return false;
            }
            applyChangelog(connection);
            connection.setAutoCommit(true);
            remember(connection, fingerprint);
            LOG.atInfo()
                    .addKeyValue("millis", (System.nanoTime() - start) / 1_000_000)
                    .log("The database schema is up to date");
            return true;
        } finally {
            IN_PROCESS.unlock();
        }
    }

    /** Per schema, because tests keep several in one database. */
    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
            statement.execute("SELECT pg_advisory_lock(hashtextextended('sandpiper.schema/' || current_schema(), 0))");
        }
    }

    private static boolean isApplied(Connection connection, String fingerprint) throws SQLException {
        try (Statement exists = connection.createStatement();
                ResultSet table = exists.executeQuery(
                        "SELECT to_regclass(quote_ident(current_schema()) || '.schema_fingerprints') IS NOT NULL")) {
            if (!table.next() || !table.getBoolean(1)) {
                return false;
            }
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM schema_fingerprints WHERE fingerprint = ?")) {
            statement.setString(1, fingerprint);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Every fingerprint is kept, so that nodes of two versions side by side both find theirs applied. */
    private static void remember(Connection connection, String fingerprint) throws SQLException {
        try (Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE IF NOT EXISTS schema_fingerprints ("
                    + "fingerprint text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO schema_fingerprints (fingerprint) VALUES (?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, fingerprint);
            insert.executeUpdate();
        }
    }

    private static void applyChangelog(Connection connection) {
        Map<String, Object> scope = Map.of(
                Scope.Attr.logService.name(), new LiquibaseLog(),
                Scope.Attr.ui.name(), new LoggerUIService(),
                AnalyticsArgs.ENABLED.getKey(), false);
        try (var resources = new ClassLoaderResourceAccessor(SchemaMigration.class.getClassLoader())) {
            Scope.child(scope, () -> {
                Database database =
                        DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
                // Whoever held Liquibase's own lock is gone: ours is held by this connection.
                LockServiceFactory.getInstance().getLockService(database).forceReleaseLock();
                // Not closed: that would close the connection and with it our lock.
                var liquibase = new Liquibase(Changelog.MASTER, resources, database);
                liquibase.setShowSummary(UpdateSummaryEnum.OFF);
                liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
                liquibase.update(new Contexts());
            });
        } catch (Exception e) {
            throw new SchemaMigrationException("the database cannot be migrated: " + e.getMessage(), e);
        }
    }
}
