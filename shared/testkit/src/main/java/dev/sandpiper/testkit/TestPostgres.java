package dev.sandpiper.testkit;

import dev.sandpiper.services.PostgresServer;

/** A PostgreSQL for tests, wherever it runs. */
interface TestPostgres {
    /** Owned by {@link #user()}. */
    void createDatabase(String name, String template);

    int port();

    /** Without credentials. */
    String jdbcUrl(String database);

    /** With credentials, {@code postgresql://…}. */
    String url(String database);

    /** No superuser. */
    String user();

    String password();

    /** A child process of this JVM. */
    record LocalPostgres(PostgresServer server) implements TestPostgres {
        @Override
        public void createDatabase(String name, String template) {
            server.createDatabase(name, template);
        }

        @Override
        public int port() {
            return server.port();
        }

        @Override
        public String jdbcUrl(String database) {
            return server.jdbcUrl(database);
        }

        @Override
        public String url(String database) {
            return server.url(database);
        }

        @Override
        public String user() {
            return server.user();
        }

        @Override
        public String password() {
            return server.password();
        }
    }
}
