package dev.sandpiper.embed.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One key's requests to one node. */
record Rest(TestNode node, String key) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.http() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    JsonObject json(String method, String path, String body) {
        HttpResponse<String> answer = send(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        return answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
    }

    JsonObject get(String path) {
        return json("GET", path, "");
    }

    /** @return the cursors of events whose data are the numbers from {@code first} on */
    List<String> publish(String topic, int first, int count) {
        List<String> cursors = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            JsonObject event = new JsonObject().put("topic", topic).put("data", i);
            cursors.add(json("POST", "/v1/events", event.encode()).getString("cursor"));
        }
        return cursors;
    }

    /** The numbers that the topic's history holds. */
    List<Integer> history(String topic) {
        return numbers(get("/v1/events?limit=1000&topic=" + topic));
    }

    JsonObject since(String topic, String cursor) {
        return get(
                "/v1/events?limit=1000&topic=" + topic + "&since=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
    }

    static List<Integer> numbers(JsonObject page) {
        JsonArray messages = page.getJsonArray("messages");
        return messages.stream()
                .map(one -> ((JsonObject) one).getInteger("data"))
                .toList();
    }
}
