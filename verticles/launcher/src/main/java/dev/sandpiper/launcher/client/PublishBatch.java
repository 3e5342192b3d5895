package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Events on their way to the server, which takes up to 1,000 at once. Every one has a key, so each may be sent again. */
final class PublishBatch {
    private static final int SIZE = 500;
    private static final int ATTEMPTS = 8;

    private final Server server;
    private final String before;
    private final String after;
    private List<String> events = new ArrayList<>();

    PublishBatch(
            Server server,
            String topic,
            @Nullable String event,
            @Nullable String deliveryClass,
            @Nullable String ttl,
            @Nullable String ifLastCursor) {
        this.server = server;
        this.before = "{\"topic\":" + Json.encode(topic)
                + member("event", event)
                + member("class", deliveryClass)
                + member("ttl", ttl)
                + member("if_last_cursor", ifLastCursor)
                + ",\"key\":";
        this.after = ",\"data\":";
    }

    private static String member(String name, @Nullable String value) {
        return value == null ? "" : ",\"" + name + "\":" + Json.encode(value);
    }

    /**
     * Has the server publish the one event that was added later, and prints what it says.
     *
     * @param deliverAt an RFC 3339 time
     */
    void schedule(String deliverAt) {
        String event = events.removeFirst();
        String later = event.substring(0, event.length() - 1) + member("deliver_at", deliverAt) + "}";
        for (int attempt = 1; ; attempt++) {
            Answer answer =
                    server.request("POST", "/v1/events", "application/json", later.getBytes(StandardCharsets.UTF_8));
            if (answer.succeeded()) {
                Console.OUT.println(new JsonObject(answer.body()).encode());
                return;
            }
            if (attempt == ATTEMPTS || !answer.isTemporary()) {
                throw answer.failure();
            }
            pause(attempt, answer.retryAfterSeconds());
        }
    }

    /** @param data valid JSON on one line, sent as it is */
    void add(String data, String key) {
        events.add(before + Json.encode(key) + after + data.replace('\n', ' ').replace('\r', ' ') + "}");
    }

    boolean isFull() {
        return events.size() >= SIZE;
    }

    /**
     * Sends what was added, prints receipts and complaints.
     *
     * @return whether every event is stored
     */
    boolean flush() {
        boolean allStored = true;
        List<String> todo = events;
        events = new ArrayList<>();
        for (int attempt = 1; !todo.isEmpty(); attempt++) {
            Answer answer = server.request("POST", "/v1/events/batch", "application/x-ndjson", body(todo));
            boolean last = attempt == ATTEMPTS;
            if (!answer.succeeded()) {
                if (last || !answer.isTemporary()) {
                    throw answer.failure();
                }
                pause(attempt, answer.retryAfterSeconds());
                continue;
            }
            List<String> again = new ArrayList<>();
            JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
            for (int i = 0; i < results.size(); i++) {
                JsonObject result = results.getJsonObject(i);
                int status = result.getInteger("status");
                result.remove("status");
                if (status / 100 == 2) {
                    Console.OUT.println(result.encode());
                } else if (status == 503 && !last) {
                    again.add(todo.get(i));
                } else {
                    Console.ERR.println("sandpiper: " + Answer.describe(result.getJsonObject("error")));
                    allStored = false;
                }
            }
            todo = again;
            if (!todo.isEmpty()) {
                pause(attempt, 0);
            }
        }
        return allStored;
    }

    private static byte[] body(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** As long as the server says, otherwise longer each time, with jitter. */
    private static void pause(int attempt, long seconds) {
        long millis = seconds > 0 ? Math.min(seconds, 10) * 1_000 : Math.min(100L << attempt, 5_000);
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.of("Interrupted");
        }
    }
}
