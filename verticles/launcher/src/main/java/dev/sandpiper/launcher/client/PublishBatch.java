package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events of one topic on their way to the server, which takes many at once. Every one has a key, so each may be sent again. */
final class PublishBatch {
    private final Server server;
    private final String before;
    private final String after;
    private final BatchSender sender;
    private boolean allStored = true;

    PublishBatch(
            Server server,
            String topic,
            @Nullable String event,
            Map<String, String> headers,
            @Nullable String deliveryClass,
            @Nullable String ttl,
            @Nullable String ifLastCursor) {
        this.server = server;
        this.before = "{\"topic\":" + Json.encode(topic)
                + member("event", event)
                + (headers.isEmpty() ? "" : ",\"headers\":" + Json.encode(headers))
                + member("class", deliveryClass)
                + member("ttl", ttl)
                + member("if_last_cursor", ifLastCursor)
                + ",\"key\":";
        this.after = ",\"data\":";
        this.sender = new BatchSender(server, new BatchSender.Results() {
            @Override
            public void stored(JsonObject receipt) {
                Console.OUT.println(receipt.encode());
            }

            @Override
            public void refused(JsonObject error) {
                Console.ERR.println("sandpiper: " + Answer.describe(error));
                allStored = false;
            }
        });
    }

    private static String member(String name, @Nullable String value) {
        return value == null ? "" : ",\"" + name + "\":" + Json.encode(value);
    }

    /**
     * Has the server publish one event later, and prints what it says.
     *
     * @param deliverAt an RFC 3339 time
     */
    void schedule(String data, String key, String deliverAt) {
        String event = event(data, key);
        String later = event.substring(0, event.length() - 1) + member("deliver_at", deliverAt) + "}";
        for (int attempt = 1; ; attempt++) {
            Answer answer =
                    server.request("POST", "/v1/events", "application/json", later.getBytes(StandardCharsets.UTF_8));
            if (answer.succeeded()) {
                Console.OUT.println(new JsonObject(answer.body()).encode());
                return;
            }
            if (attempt == BatchSender.ATTEMPTS || !answer.isTemporary()) {
                throw answer.failure();
            }
            BatchSender.pause(attempt, answer.retryAfterSeconds());
        }
    }

    private String event(String data, String key) {
        return before + Json.encode(key) + after + data.replace('\n', ' ').replace('\r', ' ') + "}";
    }

    /** @param data valid JSON on one line, sent as it is */
    void add(String data, String key) {
        sender.add(event(data, key));
    }

    boolean isFull() {
        return sender.isFull();
    }

    /**
     * Sends what was added, prints receipts and complaints.
     *
     * @return whether every event so far is stored
     */
    boolean flush() {
        sender.flush();
        return allStored;
    }
}
