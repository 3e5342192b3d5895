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

    private final TestPostgres postgres;
    private final AtomicInteger databases = new AtomicInteger();
    private boolean templateReady;

    private PostgresFixture(TestPostgres postgres) {
        this.postgres = postgres;
    }

    /** One server for all tests of this JVM: never stop it. */
    public static synchronized PostgresFixture shared() {
        PostgresFixture fixture = shared;
        if (fixture == null) {
            fixture = Containers.areWanted() ? new PostgresFixture(Containers.postgres()) : own();
            shared = fixture;
        }
        return fixture;
    }

    /** A server of its own, always a process, for a test that stops, kills or pauses it; takes about a second. */
    public static PostgresFixture own() {
        Path folder = TestFolder.create("postgres");
        PostgresServer server = PostgresServer.start(PostgresOptions.forTests(folder));
        TestFolder.deleteAtExit(folder, server::kill);
        return new PostgresFixture(new TestPostgres.LocalPostgres(server));
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

    /** On this machine's loopback, also when it is a container. */
    public int port() {
        return postgres.port();
    }

    /** Of {@link #own()}, to stop, kill or pause it. */
    public PostgresServer server() {
        if (postgres instanceof TestPostgres.LocalPostgres process) {
            return process.server();
        }
        throw new IllegalStateException("A container is not to be tampered with; use own()");
    }

    private TestDatabase create(String template) {
        String name = "test_" + databases.incrementAndGet();
        postgres.createDatabase(name, template);
        return new TestDatabase(name, postgres.jdbcUrl(name), postgres.url(name), postgres.user(), postgres.password());
    }

    private synchronized void migrateTemplate() {
        if (!templateReady) {
            postgres.createDatabase(TEMPLATE, PostgresServer.PLAIN_TEMPLATE);
            SchemaMigration.migrate(postgres.jdbcUrl(TEMPLATE), postgres.user(), postgres.password());
            templateReady = true;
        }
    }
}
