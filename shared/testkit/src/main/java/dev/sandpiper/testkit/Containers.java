package dev.sandpiper.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The shared servers as containers: {@code SANDPIPER_TEST_SERVICES=containers}. Testcontainers ends them with the JVM. */
final class Containers {
    private static final String PASSWORD = "sandpiper";
    private static final String ROLE = "sandpiper";
    private static final int POSTGRES_PORT = 5_432;
    static final int NATS_PORT = 4_222;
    static final int MONITORING_PORT = 8_222;

    private Containers() {}

    static boolean areWanted() {
        return "containers".equals(System.getenv("SANDPIPER_TEST_SERVICES"));
    }

    @SuppressWarnings("resource") // It lives as long as the JVM.
    static GenericContainer<?> nats() {
        GenericContainer<?> nats = new GenericContainer<>(DockerImageName.parse("nats:2.14-alpine"))
                .withCommand("--jetstream", "--http_port", Integer.toString(MONITORING_PORT))
                .withExposedPorts(NATS_PORT, MONITORING_PORT)
                .waitingFor(Wait.forLogMessage(".*Server is ready.*", 1));
        nats.start();
        return nats;
    }

    @SuppressWarnings("resource") // It lives as long as the JVM.
    static TestPostgres postgres() {
        GenericContainer<?> postgres = new GenericContainer<>(DockerImageName.parse("postgres:18-alpine"))
                .withEnv("POSTGRES_PASSWORD", PASSWORD)
                .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200", "-c", "timezone=UTC")
                .withExposedPorts(POSTGRES_PORT)
                // The first time is that of its own preparations.
                .waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*", 2)
                        .withStartupTimeout(Duration.ofMinutes(2)));
        postgres.start();
        ContainerPostgres server = new ContainerPostgres(postgres.getMappedPort(POSTGRES_PORT));
        server.asSuperuser("CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + PASSWORD + "'");
        server.asSuperuser("CREATE ROLE sandpiper_node NOLOGIN");
        server.asSuperuser("GRANT sandpiper_node TO " + ROLE);
        return server;
    }

    private record ContainerPostgres(int port) implements TestPostgres {
        void asSuperuser(String sql) {
            try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), "postgres", PASSWORD);
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException("PostgreSQL refused", e);
            }
        }

        @Override
        public void createDatabase(String name, String template) {
            asSuperuser("CREATE DATABASE " + name + " OWNER " + ROLE + " TEMPLATE " + template);
        }

        @Override
        public String jdbcUrl(String database) {
            return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
        }

        @Override
        public String url(String database) {
            return "postgresql://" + ROLE + ":" + PASSWORD + "@127.0.0.1:" + port + "/" + database;
        }

        @Override
        public String user() {
            return ROLE;
        }

        @Override
        public String password() {
            return PASSWORD;
        }
    }
}
