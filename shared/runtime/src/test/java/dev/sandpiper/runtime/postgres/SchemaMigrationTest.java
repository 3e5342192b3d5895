package dev.sandpiper.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.schema.SchemaMigration;
import dev.sandpiper.schema.SchemaMigrationException;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SchemaMigrationTest {
    private static final String LAST_STEP = "auth-003-api-keys-by-expiry";

    private final TestDatabase database = PostgresFixture.shared().createEmptyDatabase();

    @Test
    void anEmptyDatabaseGetsEveryTable() throws Exception {
        assertThat(migrate()).isTrue();

        assertThat(strings("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
                .contains("tenants", "projects", "api_keys", "change_versions", "tickets");
    }

    @Test
    void whatIsUpToDateIsLeftAlone() throws Exception {
        migrate();
        String before = string("SELECT max(dateexecuted)::text || count(*) FROM databasechangelog");

        assertThat(migrate()).isFalse();

        assertThat(string("SELECT max(dateexecuted)::text || count(*) FROM databasechangelog"))
                .isEqualTo(before);
    }

    @Test
    void aDatabaseInUseKeepsItsRowsWhileItGetsWhatIsMissing() throws Exception {
        migrate();
        execute("INSERT INTO tenants (id, name, created_at) VALUES ('acme', 'Acme', now())");
        execute("INSERT INTO projects (tenant, id, name, created_at) VALUES ('acme', 'web', 'Web', now())");
        execute("INSERT INTO api_keys (id, tenant, project, name, hmac, pepper_id, scopes, created_at)"
                + " VALUES ('0123456789abcdef', 'acme', 'web', 'k', sha256(''), 'p', '{}', now())");
        goBackToTheVersionBefore();

        assertThat(migrate()).isTrue();

        assertThat(strings("SELECT id FROM api_keys")).containsExactly("0123456789abcdef");
        assertThat(strings("SELECT indexname FROM pg_indexes WHERE indexname = 'api_keys_by_expiry'"))
                .hasSize(1);
    }

    @Test
    void nodesOfTwoVersionsSideBySideBothFindTheirsApplied() throws Exception {
        migrate();
        execute("INSERT INTO schema_fingerprints (fingerprint) VALUES ('of a newer version')");

        assertThat(migrate()).isFalse();
    }

    @Test
    void severalProcessesMayMigrateAtOnce() throws Exception {
        List<Process> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(MigrationProcess.start(database));
        }

        List<String> outcomes = new ArrayList<>();
        for (Process node : nodes) {
            String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(node.waitFor()).as(output).isZero();
            outcomes.add(output.lines().reduce((first, last) -> last).orElse(""));
        }

        assertThat(outcomes).containsExactlyInAnyOrder("applied", "nothing to do", "nothing to do");
        assertThat(string("SELECT count(*) FROM databasechangelog WHERE id = '" + LAST_STEP + "'"))
                .isEqualTo("1");
    }

    @Test
    void whoIsSecondWaitsForTheFirst() throws Exception {
        CompletableFuture<Boolean> second;
        try (Connection first = connect();
                Statement statement = first.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(hashtextextended('sandpiper.schema/public', 0))");
            second = CompletableFuture.supplyAsync(this::migrate);
            Eventually.await(
                    "the second waits",
                    () -> strings("SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                            + " AND wait_event = 'advisory' AND datname = current_database()")
                                    .size()
                            == 1);
            assertThat(second).isNotDone();
        }

        assertThat(second.get()).isTrue();
    }

    @Test
    void aNodeThatWasKilledWhileMigratingBlocksNobody() throws Exception {
        migrate();
        goBackToTheVersionBefore();
        execute("UPDATE databasechangeloglock SET locked = true, lockedby = 'a dead node', lockgranted = now()");

        assertThat(migrate()).isTrue();
    }

    @Test
    void tablesGoToTheSchemaThatTheUrlNames() throws Exception {
        execute("CREATE SCHEMA other");

        assertThat(SchemaMigration.migrate(
                        database.jdbcUrl() + "?currentSchema=other", database.user(), database.password()))
                .isTrue();

        assertThat(strings("SELECT schemaname FROM pg_tables WHERE tablename = 'api_keys'"))
                .containsExactly("other");
    }

    @Test
    void aDatabaseThatCannotBeReachedIsAnErrorOfItsOwn() {
        assertThatThrownBy(() -> SchemaMigration.migrate("jdbc:postgresql://127.0.0.1:1/x", "u", "p"))
                .isInstanceOf(SchemaMigrationException.class)
                .hasMessageContaining("cannot be migrated");
    }

    @Test
    void changesOfKeysAreNumberedInTheOrderOfTheirCommits() throws Exception {
        migrate();
        execute("INSERT INTO tenants (id, name, created_at) VALUES ('acme', 'Acme', now())");
        execute("INSERT INTO projects (tenant, id, name, created_at) VALUES ('acme', 'web', 'Web', now())");
        String insert = "INSERT INTO api_keys (id, tenant, project, name, hmac, pepper_id, scopes, created_at)"
                + " VALUES ('%s', 'acme', 'web', 'k', sha256(''), 'p', '{}', now())";
        CompletableFuture<Void> other;
        try (Connection first = connect();
                Statement statement = first.createStatement()) {
            first.setAutoCommit(false);
            statement.execute(insert.formatted("a".repeat(16)));
            other = CompletableFuture.runAsync(() -> executeUnchecked(insert.formatted("b".repeat(16))));
            Eventually.await(
                    "the other waits for the commit",
                    () -> !strings("SELECT 1::text FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND datname = current_database()")
                            .isEmpty());
            first.commit();
        }
        other.get();

        assertThat(strings("SELECT id FROM api_keys ORDER BY version")).containsExactly("a".repeat(16), "b".repeat(16));
        execute("UPDATE api_keys SET last_used_at = now()");
        assertThat(string("SELECT max(version) FROM api_keys")).isEqualTo("2");
        execute("UPDATE api_keys SET revoked_at = now() WHERE id = '" + "a".repeat(16) + "'");
        assertThat(string("SELECT version FROM api_keys WHERE revoked_at IS NOT NULL"))
                .isEqualTo("3");
    }

    private boolean migrate() {
        return SchemaMigration.migrate(database.jdbcUrl(), database.user(), database.password());
    }

    private void goBackToTheVersionBefore() throws SQLException {
        execute("DROP INDEX api_keys_by_expiry");
        execute("DELETE FROM databasechangelog WHERE id = '" + LAST_STEP + "'");
        execute("UPDATE schema_fingerprints SET fingerprint = 'of an older version'");
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void executeUnchecked(String sql) {
        try {
            execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> strings(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private String string(String sql) throws SQLException {
        return strings(sql).getFirst();
    }
}
