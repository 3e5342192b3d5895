package dev.sandpiper.perf.faults.load;

import dev.sandpiper.testkit.clients.Answer;
import dev.sandpiper.testkit.clients.KeepAlive;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a node one thing at a time, each on a connection of its own, and times the answers. */
public record Client(URI node, String key) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * @param answer status 0 when there was none
     * @param took from before the connection to the last byte
     */
    public record Timed(Answer answer, Duration took) {
        public int status() {
            return answer.status();
        }

        /** Only of an answer with a JSON object. */
        public JsonObject json() {
            return new JsonObject(answer.body());
        }
    }

    private interface Request {
        Answer on(KeepAlive connection) throws IOException;
    }

    public Client as(String otherKey) {
        return new Client(node, otherKey);
    }

    /** @param dedupeKey none when empty */
    public Timed publish(String topic, String data, String dedupeKey) {
        var body = new JsonObject().put("topic", topic).put("data", data);
        if (!dedupeKey.isEmpty()) {
            body.put("key", dedupeKey);
        }
        return post("/v1/events", body);
    }

    public Timed post(String path, JsonObject body) {
        return timed(connection -> connection.post(path, body.encode()));
    }

    public Timed get(String path) {
        return timed(connection -> connection.get(path));
    }

    public Timed delete(String path) {
        return timed(connection -> connection.delete(path));
    }

    /** A page of a topic. */
    public Timed history(String topic) {
        return get("/v1/events?topic=" + URLEncoder.encode(topic, StandardCharsets.UTF_8));
    }

    private Timed timed(Request request) {
        long begun = System.nanoTime();
        Answer answer;
        try (var connection = new KeepAlive(node, key, PATIENCE)) {
            answer = request.on(connection);
        } catch (IOException e) {
            answer = new Answer(0, String.valueOf(e.getMessage()), true);
        }
        return new Timed(answer, Duration.ofNanos(System.nanoTime() - begun));
    }
}
