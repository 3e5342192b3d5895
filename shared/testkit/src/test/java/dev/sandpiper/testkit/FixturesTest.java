package dev.sandpiper.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FixturesTest {
    @Test
    void databasesAreMigratedAndKeptApart() throws SQLException {
        TestDatabase one = PostgresFixture.shared().createDatabase();
        TestDatabase other = PostgresFixture.shared().createDatabase();
        try (var connection = DriverManager.getConnection(one.jdbcUrl(), one.user(), one.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE only_here (id int)");
            try (var rows = statement.executeQuery("SELECT to_regclass('schema_fingerprints') IS NOT NULL")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getBoolean(1)).isTrue();
            }
        }
        try (var connection = DriverManager.getConnection(other.jdbcUrl(), other.user(), other.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT to_regclass('only_here') IS NULL")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getBoolean(1)).isTrue();
        }
    }

    @Test
    void aKilledPostgresComesBackWithWhatItHeld() throws SQLException {
        PostgresFixture postgres = PostgresFixture.own();
        TestDatabase database = postgres.createEmptyDatabase();
        try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (id int)");
            postgres.server().kill();
            postgres.server().restart();
        }
        try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT to_regclass('kept') IS NOT NULL")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @Test
    void aKilledNatsServerComesBackOnTheSamePortWithItsMessages() throws Exception {
        NatsFixture nats = NatsFixture.own();
        String url = nats.url();
        try (Connection connection = Nats.connect(url)) {
            JetStreamManagement management = connection.jetStreamManagement();
            management.addStream(StreamConfiguration.builder()
                    .name("KEPT")
                    .subjects("kept.>")
                    .build());
            connection.jetStream().publish("kept.one", new byte[] {1});
        }
        nats.server().kill();
        nats.server().restart();
        assertThat(nats.url()).isEqualTo(url);
        try (Connection connection = Nats.connect(url)) {
            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo("KEPT")
                            .getStreamState()
                            .getMsgCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void aPausedNatsServerAnswersNothingUntilItIsResumed() throws Exception {
        NatsFixture nats = NatsFixture.own();
        try (Connection connection = Nats.connect(nats.url())) {
            nats.server().pause();
            assertThatThrownBy(() -> connection.flush(Duration.ofMillis(200))).isInstanceOf(TimeoutException.class);
            nats.server().resume();
            connection.flush(Duration.ofSeconds(5));
        }
    }
}
