package dev.sandpiper.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    private static final Progress QUIET = line -> {};

    @TempDir
    private Path folder;

    @Test
    void whatWasStoredIsThereAfterAnOrderlyStopAndAStartInTheSameFolder() throws SQLException {
        try (PostgresServer server = PostgresServer.start(PostgresOptions.forTests(folder))) {
            server.createDatabase("kept", PostgresServer.PLAIN_TEMPLATE);
            execute(server, "CREATE TABLE numbers AS SELECT 42 AS n");
        }
        try (PostgresServer server = PostgresServer.start(PostgresOptions.forTests(folder))) {
            assertThat(query(server, "SELECT n FROM numbers")).isEqualTo("42");
        }
    }

    @Test
    void theOrdinaryRoleIsNoSuperuser() throws SQLException {
        try (PostgresServer server = PostgresServer.start(PostgresOptions.forTests(folder))) {
            server.createDatabase("kept", PostgresServer.PLAIN_TEMPLATE);
            assertThat(query(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
                    .isEqualTo("f");
        }
    }

    @Test
    void afterAKillItComesBackOnTheSamePort() throws SQLException {
        try (PostgresServer server = PostgresServer.start(PostgresOptions.forTests(folder))) {
            server.createDatabase("kept", PostgresServer.PLAIN_TEMPLATE);
            int port = server.port();
            server.kill();
            assertThat(server.isAlive()).isFalse();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aFolderOfAnotherMajorVersionIsRefused() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/PG_VERSION"), "12\n");
        assertRefused("PostgreSQL 12");
    }

    @Test
    void theDataFolderOfAnotherServerIsRefused() throws IOException {
        Files.writeString(folder.resolve("PG_VERSION"), "18\n");
        assertRefused("another PostgreSQL");
    }

    @Test
    void aFolderWithOtherFilesIsRefused() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/letter.txt"), "Dear aunt");
        assertRefused("is not a PostgreSQL data folder");
        assertThat(folder.resolve("data/letter.txt")).exists();
    }

    @Test
    void aFileInPlaceOfTheFolderIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.forTests(file)))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("is a file");
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(
                            () -> PostgresServer.start(new PostgresOptions(folder, taken.getLocalPort(), false, QUIET)))
                    .isInstanceOf(ServiceFailure.class)
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    @Test
    void asRootWithoutUserNamespacesAnotherAccountRunsIt() throws IOException, SQLException {
        assumeTrue(
                Commands.run(Duration.ofSeconds(5), "id", "-u").text().strip().equals("0")
                        && Session.onPath("setpriv").isPresent(),
                "only root can become somebody else");
        Path open = Files.createTempDirectory(Path.of("/var/tmp"), "sandpiper-test-");
        assertThat(open.toFile().setExecutable(true, false)).isTrue();
        try (PostgresServer server = PostgresServer.start(PostgresOptions.forTests(open), Account.other())) {
            server.createDatabase("kept", PostgresServer.PLAIN_TEMPLATE);
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        } finally {
            Folders.delete(open);
        }
    }

    private void assertRefused(String words) {
        assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.forTests(folder)))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining(words);
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("kept"), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("kept"), server.user(), server.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
