package dev.sandpiper.perf.servers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A second tenant, for load that must not harm the first. */
public final class Tenant {
    private static final String NAME = "neighbour";

    private Tenant() {}

    /** Makes it when there is none, and returns a key of its. */
    public static String key(DevServer server) throws InterruptedException {
        insert(server.postgresUrl());
        String body = "{\"tenant\":\"" + NAME + "\",\"project\":\"" + NAME
                + "\",\"name\":\"perf\",\"scopes\":[\"events:publish\",\"events:subscribe\"]}";
        HttpRequest request =
                Http.post(URI.create(server.node(0).url() + "/v1/admin/keys"), server.operatorKey(), body);
        try (HttpClient client = Http.client()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IllegalStateException("a key for a second tenant was refused with " + answer.statusCode());
            }
            return new ObjectMapper().readTree(answer.body()).path("key").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void insert(String url) {
        String[] parts = url.replaceFirst("^postgresql://", "").split("[:@]", 3);
        try (Connection connection = DriverManager.getConnection("jdbc:postgresql://" + parts[2], parts[0], parts[1])) {
            execute(
                    connection,
                    "INSERT INTO tenants (id, name, created_at) VALUES (?, 'Neighbour', now()) ON CONFLICT DO NOTHING",
                    NAME);
            execute(
                    connection,
                    "INSERT INTO projects (tenant, id, name, created_at) VALUES (?, ?, 'Neighbour', now())"
                            + " ON CONFLICT DO NOTHING",
                    NAME,
                    NAME);
        } catch (SQLException e) {
            throw new IllegalStateException("a second tenant cannot be made", e);
        }
    }

    private static void execute(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
