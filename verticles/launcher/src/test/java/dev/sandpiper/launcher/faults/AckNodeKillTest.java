package dev.sandpiper.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} of the node that a subscriber acknowledges to. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AckNodeKillTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String TOPIC = "orders.acked";
    private static final int EVENTS = 1_000;
    private static final int WRITTEN = 500;
    private static final int ACKED = 800;

    @Test
    void theSubscriberContinuesElsewhereAndOnlyWhatWasNotWrittenComesAgain() throws Exception {
        try (DevCluster cluster = DevCluster.start()) {
            Connection victim = new Connection(cluster.node(1).url(), cluster.key());
            assertThat(victim.subscribe().getBoolean("resumed")).isFalse();
            publish(cluster);
            List<Integer> before = new ArrayList<>();
            String written = victim.read(WRITTEN, before);
            Eventually.await(
                    "the position is written",
                    Duration.ofSeconds(20),
                    () -> written.equals(position(cluster).getString("cursor")));
            victim.read(ACKED - WRITTEN, before);
            cluster.node(1).kill();
            assertThat(before).hasSize(ACKED);

            Connection resumed = new Connection(cluster.node(2).url(), cluster.key());
            JsonObject subscribed = resumed.subscribe();
            assertThat(subscribed.getBoolean("resumed")).as(subscribed.encode()).isTrue();
            assertThat(subscribed.getBoolean("recovered")).isTrue();
            int first = resumed.next("message").getInteger("data");
            assertThat(first).isBetween(WRITTEN, ACKED);
            List<Integer> after = new ArrayList<>(List.of(first));
            resumed.read(EVENTS - first - 1, after);
            for (int i = 0; i < after.size(); i++) {
                assertThat(after.get(i)).isEqualTo(first + i);
            }
            assertThat(after.getLast()).isEqualTo(EVENTS - 1);
            resumed.socket.abort();
        }
    }

    private static void publish(DevCluster cluster) throws IOException, InterruptedException {
        var body = new StringBuilder();
        for (int i = 0; i < EVENTS; i++) {
            body.append("{\"topic\":\"")
                    .append(TOPIC)
                    .append("\",\"data\":")
                    .append(i)
                    .append("}\n");
        }
        HttpResponse<String> answer = CLIENT.send(
                request(cluster, "/v1/events/batch")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("\"error\"");
    }

    private static JsonObject position(DevCluster cluster) {
        try {
            HttpResponse<String> answer = CLIENT.send(
                    request(cluster, "/v1/subscribers?subscriber=till-3").build(),
                    HttpResponse.BodyHandlers.ofString());
            return new JsonObject(answer.body()).getJsonArray("items").getJsonObject(0);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpRequest.Builder request(DevCluster cluster, String path) {
        return HttpRequest.newBuilder(cluster.node(0).url().resolve(path))
                .header("Authorization", "Bearer " + cluster.key());
    }

    /** A WebSocket that acknowledges every tenth event that it reads, and the last. */
    private static final class Connection implements WebSocket.Listener {
        private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();
        private final WebSocket socket;

        Connection(URI node, String key) {
            socket = CLIENT.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + key)
                    .buildAsync(URI.create("ws" + node.toString().substring(4) + "/v1/ws"), this)
                    .join();
        }

        JsonObject subscribe() throws InterruptedException {
            send(new JsonObject()
                    .put("type", "subscribe")
                    .put("channel", TOPIC)
                    .put("ack", true)
                    .put("subscriber", "till-3"));
            return next("subscribed");
        }

        /** @return the cursor of the last one */
        String read(int count, List<Integer> to) throws InterruptedException {
            String cursor = "";
            for (int i = 1; i <= count; i++) {
                JsonObject event = next("message");
                to.add(event.getInteger("data"));
                cursor = event.getString("cursor");
                if (i % 10 == 0 || i == count) {
                    send(new JsonObject()
                            .put("type", "ack")
                            .put("channel", TOPIC)
                            .put("cursor", cursor));
                }
            }
            return cursor;
        }

        JsonObject next(String type) throws InterruptedException {
            JsonObject frame = frames.poll(20, TimeUnit.SECONDS);
            while (frame != null && !type.equals(frame.getString("type"))) {
                assertThat(frame.getString("type")).as(frame.encode()).isEqualTo("connected");
                frame = frames.poll(20, TimeUnit.SECONDS);
            }
            if (frame == null) {
                throw new AssertionError("no " + type + " frame within 20 s");
            }
            return frame;
        }

        private void send(JsonObject frame) {
            socket.sendText(frame.encode(), true).join();
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                frames.add(new JsonObject(partial.toString()));
                partial.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }
}
