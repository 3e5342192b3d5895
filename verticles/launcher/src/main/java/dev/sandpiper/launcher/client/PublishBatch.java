package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Events of one topic on their way to the server, which takes many at once. Every one has a key, so each may be sent again. */
final class PublishBatch {
    private final String before;
    private final String after;
    private final BatchSender sender;
    private boolean allStored = true;

    PublishBatch(Server server, String topic, @Nullable String event, @Nullable String deliveryClass) {
        this.before = "{\"topic\":" + Json.encode(topic)
                + (event == null ? "" : ",\"event\":" + Json.encode(event))
                + (deliveryClass == null ? "" : ",\"class\":" + Json.encode(deliveryClass))
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

    /** @param data valid JSON on one line, sent as it is */
    void add(String data, String key) {
        sender.add(before + Json.encode(key) + after + data.replace('\n', ' ').replace('\r', ' ') + "}");
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
