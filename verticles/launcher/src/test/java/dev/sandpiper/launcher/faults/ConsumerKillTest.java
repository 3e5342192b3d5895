package dev.sandpiper.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.StoredTopic;
import dev.sandpiper.testkit.history.Entry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Workers that consume, transform and publish, and die at it; and a node that dies under them. */
class ConsumerKillTest {
    private static final int EVENTS = 400;
    private static final int WORKERS = 4;
    private static final String CONSUMER = "/v1/consumers/copies";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger deaths = new AtomicInteger();
    private final AtomicInteger stale = new AtomicInteger();

    @Test
    void eachInputHasExactlyOneOutput() throws Exception {
        try (DevCluster cluster = DevCluster.start()) {
            List<URI> urls =
                    IntStream.range(0, 3).mapToObj(i -> cluster.node(i).url()).toList();
            JsonObject settings = new JsonObject()
                    .put("name", "copies")
                    .put("topics", new JsonArray().add("inputs"))
                    .put("start", "first")
                    .put("ack_wait", "2s")
                    .put("max_deliver", 1_000);
            assertAnswered(201, post(urls.getFirst(), cluster.operatorKey(), "/v1/consumers", settings));
            publish(urls.getFirst(), cluster.key());
            var stop = new AtomicBoolean();
            List<Thread> crowd = new ArrayList<>();
            for (int w = 0; w < WORKERS; w++) {
                crowd.add(Thread.ofVirtual().start(() -> work(urls, cluster.key(), stop)));
            }

            Eventually.await("the work is under way", Duration.ofSeconds(30), () -> outputs(cluster) > EVENTS / 5);
            cluster.node(1).kill();
            assertThat(outputs(cluster)).as("the kill is in the middle").isLessThan(EVENTS);

            Eventually.await("everything is done", Duration.ofSeconds(90), () -> {
                JsonObject state = new JsonObject(get(urls.getFirst(), cluster.operatorKey(), CONSUMER));
                return state.getInteger("lag", 1) == 0 && state.getInteger("pending", 1) == 0;
            });
            stop.set(true);
            for (Thread worker : crowd) {
                assertThat(worker.join(Duration.ofSeconds(30))).isTrue();
            }

            List<String> outputs = StoredTopic.read(urls.getFirst(), cluster.key(), "outputs").stream()
                    .map(Entry::event)
                    .toList();
            assertThat(outputs)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, EVENTS).mapToObj(i -> "e" + i).toList());
            assertThat(deaths).hasPositiveValue();
        }
    }

    private void publish(URI node, String key) {
        var all = new JsonArray();
        for (int i = 0; i < EVENTS; i++) {
            all.add(new JsonObject().put("topic", "inputs").put("data", "e" + i));
        }
        assertAnswered(200, send(node, key, "/v1/events/batch", all.encode()));
    }

    private static void assertAnswered(int status, @Nullable HttpResponse<String> answer) {
        assertThat(answer).isNotNull();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    private static int outputs(DevCluster cluster) {
        return StoredTopic.read(cluster.node(0).url(), cluster.key(), "outputs").size();
    }

    /** One worker after the other: now and then one dies over its events, and the next one takes its place. */
    private void work(List<URI> nodes, String key, AtomicBoolean stop) {
        while (!stop.get()) {
            HttpResponse<String> fetched = post(
                    any(nodes),
                    key,
                    CONSUMER + "/fetch",
                    new JsonObject().put("batch", 5).put("wait", "1s"));
            if (fetched == null || fetched.statusCode() != 200) {
                continue;
            }
            JsonArray deliveries = new JsonObject(fetched.body()).getJsonArray("deliveries");
            int survives = ThreadLocalRandom.current().nextInt(50);
            for (int i = 0; i < deliveries.size(); i++) {
                if (i == survives) {
                    deaths.incrementAndGet();
                    break;
                }
                acknowledge(nodes, key, deliveries.getJsonObject(i));
            }
        }
    }

    /** Until somebody answers: then it is done, or somebody else's. */
    private void acknowledge(List<URI> nodes, String key, JsonObject delivery) {
        JsonObject output = new JsonObject()
                .put("topic", "outputs")
                .put("data", delivery.getJsonObject("message").getString("data"));
        JsonObject word =
                new JsonObject().put("token", delivery.getString("token")).put("publish", new JsonArray().add(output));
        for (int attempt = 0; attempt < 100; attempt++) {
            HttpResponse<String> answer = post(any(nodes), key, CONSUMER + "/ack", word);
            if (answer != null && answer.statusCode() == 409) {
                stale.incrementAndGet();
                return;
            }
            if (answer != null && answer.statusCode() == 200) {
                return;
            }
        }
        throw new AssertionError("nobody answers");
    }

    private static URI any(List<URI> nodes) {
        return nodes.get(ThreadLocalRandom.current().nextInt(nodes.size()));
    }

    private String get(URI node, String key, String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(node.resolve(path))
                                .timeout(Duration.ofSeconds(10))
                                .header("Authorization", "Bearer " + key)
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private @Nullable HttpResponse<String> post(URI node, String key, String path, JsonObject body) {
        return send(node, key, path, body.encode());
    }

    /** Null when the connection breaks. */
    private @Nullable HttpResponse<String> send(URI node, String key, String path, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(node.resolve(path))
                            .timeout(Duration.ofSeconds(10))
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
