package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Sends events to the server in batches, and again what could not be stored for now. Every one needs a key, so that it may. */
final class BatchSender {
    private static final int SIZE = 500;
    private static final long MAX_BYTES = 512 << 10;
    static final int ATTEMPTS = 8;

    /** What became of each event, not always in the order of sending. */
    interface Results {
        void stored(JsonObject receipt);

        void refused(JsonObject error);
    }

    private final Server server;
    private final Results results;
    private List<String> events = new ArrayList<>();
    private long bytes;

    BatchSender(Server server, Results results) {
        this.server = server;
        this.results = results;
    }

    /** @param event as a JSON object on one line */
    void add(String event) {
        events.add(event);
        bytes += event.length();
    }

    boolean isFull() {
        return events.size() >= SIZE || bytes >= MAX_BYTES;
    }

    int size() {
        return events.size();
    }

    /** @throws CommandFailure when the server refuses the whole or cannot be reached */
    void flush() {
        List<String> todo = events;
        events = new ArrayList<>();
        bytes = 0;
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
            todo = again(todo, new JsonObject(answer.body()).getJsonArray("results"), last);
            if (!todo.isEmpty()) {
                pause(attempt, 0);
            }
        }
    }

    /** Those that are worth another attempt. */
    private List<String> again(List<String> sent, JsonArray outcomes, boolean last) {
        List<String> again = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            JsonObject outcome = outcomes.getJsonObject(i);
            int status = outcome.getInteger("status");
            outcome.remove("status");
            if (status / 100 == 2) {
                results.stored(outcome);
            } else if (status == 503 && !last) {
                again.add(sent.get(i));
            } else {
                results.refused(outcome.getJsonObject("error"));
            }
        }
        return again;
    }

    private static byte[] body(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** As long as the server says, otherwise longer each time, with jitter. */
    static void pause(int attempt, long seconds) {
        long millis = seconds > 0 ? Math.min(seconds, 10) * 1_000 : Math.min(100L << attempt, 5_000);
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.of("Interrupted");
        }
    }
}
