package dev.sandpiper.embed.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One tenant floods by batches of a thousand, from many connections; another one's single events go through. */
class TenantFloodTest {
    private static final TestNode NODE =
            TestNode.start(Map.of("PUBLISH_MAX_IN_FLIGHT", "64", "PUBLISH_MAX_WAITING", "600", "EVENT_LOOPS", "1"));
    private static final int FLOODS = 16;
    private static final int EVENTS = 40;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void theQuietTenantsEventsAreAllStoredAndTheLoudOneIsToldToComeBack() throws Exception {
        TestProject loud = NODE.createProject();
        TestProject quiet = NODE.createProject();
        String batch = "[" + "{\"topic\":\"t\",\"data\":1},".repeat(999) + "{\"topic\":\"t\",\"data\":1}]";
        var refused = new AtomicInteger();
        var stored = new AtomicInteger();
        var running = ConcurrentHashMap.<CompletableFuture<Boolean>>newKeySet();
        var stopped = new CompletableFuture<Boolean>();
        for (int i = 0; i < FLOODS; i++) {
            running.add(flood(loud, batch, refused, stored, stopped));
        }
        Eventually.await("the loud one has too much", Duration.ofSeconds(20), () -> refused.get() > 1_000);

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            statuses.add(client.send(
                            request(quiet, "/v1/events", "{\"topic\":\"t\",\"data\":" + i + "}"),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode());
        }
        int before = refused.get();
        stopped.complete(true);
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        assertThat(statuses).hasSize(EVENTS).containsOnly(201);
        assertThat(before).as("the flood went on meanwhile").isGreaterThan(1_000);
        assertThat(stored.get()).as("the loud one was served too").isGreaterThan(1_000);
    }

    /** One batch after the other. */
    private CompletableFuture<Boolean> flood(
            TestProject loud,
            String batch,
            AtomicInteger refused,
            AtomicInteger stored,
            CompletableFuture<Boolean> stopped) {
        return client.sendAsync(request(loud, "/v1/events/batch", batch), HttpResponse.BodyHandlers.ofString())
                .thenCompose(answer -> {
                    for (Object result : new JsonObject(answer.body()).getJsonArray("results")) {
                        int status = ((JsonObject) result).getInteger("status");
                        assertThat(status).isIn(201, 503);
                        (status == 201 ? stored : refused).incrementAndGet();
                    }
                    return stopped.isDone() ? stopped : flood(loud, batch, refused, stored, stopped);
                });
    }

    private static HttpRequest request(TestProject project, String path, String body) {
        return HttpRequest.newBuilder(URI.create(NODE.http() + path))
                .header("Authorization", "Bearer " + project.key())
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
