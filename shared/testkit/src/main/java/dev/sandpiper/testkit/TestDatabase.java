package dev.sandpiper.testkit;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database of its own for one test, with Sandpiper's schema.
 *
 * @param jdbcUrl without credentials
 * @param url with credentials, {@code postgresql://…}, as {@code SANDPIPER_DATABASE_URL} takes it
 * @param user owns the database and is no superuser
 */
public record TestDatabase(String name, String jdbcUrl, String url, String user, String password) {
    /** Does what nodes may not: as the owner, to whom row-level security does not apply. */
    public static void asOwner(String url, String... statements) {
        URI uri = URI.create(url);
        String[] credentials = uri.getUserInfo().split(":", 2);
        String jdbcUrl = "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
        try (Connection connection = DriverManager.getConnection(jdbcUrl, credentials[0], credentials[1]);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError("PostgreSQL refused", e);
        }
    }
}
