package dev.sandpiper.testkit;

import dev.sandpiper.schema.SchemaMigration;
import dev.sandpiper.services.PostgresOptions;
import dev.sandpiper.services.PostgresServer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL for tests. It ends with the JVM. */
public final class PostgresFixture {
    private static final String TEMPLATE = "sandpiper_template";

    private static @Nullable PostgresFixture shared;

    private final PostgresServer server;
    private final AtomicInteger databases = new AtomicInteger();
    private boolean templateReady;

    private PostgresFixture(PostgresServer server) {
        this.server = server;
    }

    /** One server for all tests of this JVM: never stop it. */
    public static synchronized PostgresFixture shared() {
        PostgresFixture fixture = shared;
        if (fixture == null) {
            fixture = own();
            shared = fixture;
        }
        return fixture;
    }

    /** A server of its own, for a test that stops, kills or pauses it; takes about a second. */
    public static PostgresFixture own() {
        Path folder = TestFolder.create("postgres");
        PostgresServer server = PostgresServer.start(PostgresOptions.forTests(folder));
        TestFolder.deleteAtExit(folder, server::kill);
        return new PostgresFixture(server);
    }

    /** Fresh and migrated. */
    public TestDatabase createDatabase() {
        migrateTemplate();
        return create(TEMPLATE);
    }

    /** Fresh and empty, for tests of the migration itself. */
    public TestDatabase createEmptyDatabase() {
        return create(PostgresServer.PLAIN_TEMPLATE);
    }

    /** To stop, kill or pause it. */
    public PostgresServer server() {
        return server;
    }

    private TestDatabase create(String template) {
        String name = "test_" + databases.incrementAndGet();
        server.createDatabase(name, template);
        return new TestDatabase(name, server.jdbcUrl(name), server.url(name), server.user(), server.password());
    }

    private synchronized void migrateTemplate() {
        if (!templateReady) {
            server.createDatabase(TEMPLATE, PostgresServer.PLAIN_TEMPLATE);
            SchemaMigration.migrate(server.jdbcUrl(TEMPLATE), server.user(), server.password());
            templateReady = true;
        }
    }
}
