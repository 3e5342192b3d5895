package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A stream at its limit refuses what is new, rather than let go of what a neighbour has stored. */
class StorageFullTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static HttpResponse<String> send(TestNode node, String method, String path, String key, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.http() + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static int stored(TestNode node, TestProject of) {
        HttpResponse<String> page = send(node, "GET", "/v1/events?limit=1000&topic=a", of.key(), "");
        assertThat(page.statusCode()).isEqualTo(200);
        return new JsonObject(page.body()).getJsonArray("messages").size();
    }

    @Test
    void publishesAreRefusedReadsGoOnAndAPurgeMakesRoom() {
        try (TestNode node = TestNode.start(Map.of("NATS_MAX_BYTES", "60000"))) {
            TestProject neighbour = node.createProject();
            TestProject flood = node.createProject();
            String event = "{\"topic\":\"a\",\"data\":\"" + "x".repeat(1_000) + "\"}";
            for (int i = 0; i < 5; i++) {
                assertThat(send(node, "POST", "/v1/events", neighbour.key(), event)
                                .statusCode())
                        .isEqualTo(201);
            }
            HttpResponse<String> answer = send(node, "POST", "/v1/events", flood.key(), event);
            int taken = 0;
            while (answer.statusCode() == 201) {
                assertThat(++taken).isLessThan(100);
                answer = send(node, "POST", "/v1/events", flood.key(), event);
            }
            assertThat(answer.statusCode()).isEqualTo(507);
            assertThat(new JsonObject(answer.body()).getJsonObject("error").getString("code"))
                    .isEqualTo("STORAGE_FULL");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            HttpResponse<String> batch = send(node, "POST", "/v1/events/batch", flood.key(), "[" + event + "]");
            JsonObject result =
                    new JsonObject(batch.body()).getJsonArray("results").getJsonObject(0);
            assertThat(result.getInteger("status")).isEqualTo(507);
            assertThat(stored(node, neighbour)).isEqualTo(5);
            assertThat(stored(node, flood)).isEqualTo(taken);

            String admin = flood.key(Scope.ADMIN_WRITE);
            Eventually.succeeds(Duration.ofSeconds(20), () -> {
                HttpResponse<String> purged = send(
                        node,
                        "POST",
                        "/v1/admin/streams/purge",
                        admin,
                        "{\"project\":\"main\",\"topics\":\"a\",\"confirm\":\"main\"}");
                assertThat(purged.statusCode()).as(purged.body()).isEqualTo(200);
            });
            assertThat(send(node, "POST", "/v1/events", flood.key(), event).statusCode())
                    .isEqualTo(201);
            assertThat(stored(node, neighbour)).isEqualTo(5);
        }
    }
}
