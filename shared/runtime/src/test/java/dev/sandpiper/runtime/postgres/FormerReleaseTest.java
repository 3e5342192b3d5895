package dev.sandpiper.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;

/**
 * Nodes of the release before go on while the schema changes under them: whatever they ask of a database with data in it has the same
 * answer after every single later step. With the next release, the data, the queries and the last step move on to what this one does.
 */
class FormerReleaseTest {
    private static final String LAST_STEP_OF_THE_RELEASE_BEFORE = "cells-002-cell-nodes";

    private final TestDatabase database = PostgresFixture.shared().createEmptyDatabase();

    @Test
    void everyStepLeavesTheQueriesOfTheReleaseBeforeAsTheyWere() throws Exception {
        List<String> steps = new ArrayList<>();
        try (Connection migration = connect()) {
            do {
                steps.add(step(migration));
            } while (!steps.getLast().equals(LAST_STEP_OF_THE_RELEASE_BEFORE));
            for (String statement : statements("releases/before-identity-data.sql")) {
                execute(statement);
            }
            List<String> queries = statements("releases/before-identity-queries.sql");
            Map<String, String> before = answers(queries);
            assertThat(before).hasSizeGreaterThan(20);

            String step = step(migration);
            while (!steps.contains(step)) {
                steps.add(step);
                assertThat(answers(queries)).as("after %s", step).isEqualTo(before);
                step = step(migration);
            }
        }
        assertThat(steps).contains("tenancy-002-isolation", "auth-004-key-restrictions");
    }

    /** Applies the next step; the id of the last one that is applied. */
    private String step(Connection migration) throws Exception {
        var resources = new ClassLoaderResourceAccessor();
        var target = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(migration));
        new Liquibase("db/changelog/master.xml", resources, target).update(1, new Contexts(), new LabelExpression());
        migration.commit();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id FROM databasechangelog ORDER BY orderexecuted DESC LIMIT 1")) {
            row.next();
            return row.getString(1);
        }
    }

    /** What each has for an answer, by itself and undone again; versions and fences aside, which only ever grow. */
    private Map<String, String> answers(List<String> queries) throws SQLException {
        Map<String, String> answers = new LinkedHashMap<>();
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            for (String query : queries) {
                try (PreparedStatement statement = connection.prepareStatement(query)) {
                    answers.put(
                            query,
                            statement.execute() ? rows(statement.getResultSet()) : "" + statement.getUpdateCount());
                }
                connection.rollback();
            }
        }
        return answers;
    }

    private static String rows(ResultSet rows) throws SQLException {
        var text = new StringBuilder();
        while (rows.next()) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                text.append(rows.getMetaData().getColumnLabel(i))
                        .append('=')
                        .append(rows.getString(i))
                        .append(' ');
            }
            text.append('\n');
        }
        return text.toString();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    private static List<String> statements(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                FormerReleaseTest.class.getClassLoader().getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("--"))
                    .map(line -> line.substring(0, line.length() - 1))
                    .toList();
        }
    }
}
