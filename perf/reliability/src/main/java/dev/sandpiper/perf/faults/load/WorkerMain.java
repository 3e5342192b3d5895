package dev.sandpiper.perf.faults.load;

import dev.sandpiper.testkit.clients.Answer;
import dev.sandpiper.testkit.clients.KeepAlive;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A worker in a process of its own, to be killed: for each event of a consumer it publishes one with the same data, together with
 * the acknowledgement. Says {@link #WORKING} when it has begun. Arguments: {@code rest} or {@code socket}, the node's URL, a key,
 * the consumer, the topic to publish to.
 */
final class WorkerMain {
    static final String WORKING = "working";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int AT_ONCE = 5;

    private final URI node;
    private final String key;
    private final String consumer;
    private final String topic;
    private boolean working;

    private WorkerMain(URI node, String key, String consumer, String topic) {
        this.node = node;
        this.key = key;
        this.consumer = consumer;
        this.topic = topic;
    }

    public static void main(String[] arguments) throws Exception {
        var worker = new WorkerMain(URI.create(arguments[1]), arguments[2], arguments[3], arguments[4]);
        if (arguments[0].equals("rest")) {
            worker.byRest();
        } else {
            worker.bySocket();
        }
    }

    private void byRest() throws IOException {
        String path = "/v1/consumers/" + consumer;
        String wanted = new JsonObject().put("batch", AT_ONCE).put("wait", "5s").encode();
        try (var connection = new KeepAlive(node, key, PATIENCE)) {
            while (true) {
                Answer fetched = connection.post(path + "/fetch", wanted);
                if (fetched.status() != 200) {
                    throw new IOException("no deliveries: " + fetched);
                }
                JsonArray deliveries = new JsonObject(fetched.body()).getJsonArray("deliveries");
                for (int i = 0; i < deliveries.size(); i++) {
                    begun();
                    connection.post(
                            path + "/ack", word(deliveries.getJsonObject(i)).encode());
                }
            }
        }
    }

    private void bySocket() throws InterruptedException {
        BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
        String url = node.toString().replaceFirst("http", "ws") + "/v1/ws";
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + key)
                .buildAsync(URI.create(url), new Frames(frames))
                .join();
        send(
                socket,
                new JsonObject()
                        .put("type", "consume")
                        .put("consumer", consumer)
                        .put("credit", AT_ONCE));
        while (true) {
            JsonObject frame = frames.take();
            if (frame.getString("type").equals("delivery")) {
                begun();
                send(socket, word(frame).put("type", "ack").put("consumer", consumer));
            }
        }
    }

    private static void send(WebSocket socket, JsonObject frame) {
        socket.sendText(frame.encode(), true).join();
    }

    private JsonObject word(JsonObject delivery) {
        JsonObject output = new JsonObject()
                .put("topic", topic)
                .put("data", delivery.getJsonObject("message").getString("data"));
        return new JsonObject().put("token", delivery.getString("token")).put("publish", new JsonArray().add(output));
    }

    private void begun() {
        if (!working) {
            working = true;
            System.out.println(WORKING);
        }
    }

    /** Puts frames together. */
    private static final class Frames implements WebSocket.Listener {
        private final BlockingQueue<JsonObject> frames;
        private final StringBuilder partial = new StringBuilder();

        Frames(BlockingQueue<JsonObject> frames) {
            this.frames = frames;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                frames.add(new JsonObject(partial.toString()));
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
