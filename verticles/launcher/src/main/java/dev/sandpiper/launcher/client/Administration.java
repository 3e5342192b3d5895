package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Administrative routes of a server, which all speak alike. */
record Administration(Server server) {
    private static final String JSON = "application/json";

    /** @throws dev.sandpiper.launcher.cli.CommandFailure when the server refuses */
    JsonObject ask(String method, String path, @Nullable JsonObject body) {
        byte[] bytes = body == null ? new byte[0] : body.encode().getBytes(StandardCharsets.UTF_8);
        Server.Answer answer = server.request(method, path, JSON, bytes);
        if (!answer.succeeded()) {
            throw answer.failure();
        }
        return answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
    }

    /** One JSON line for the answer. */
    void print(String method, String path, @Nullable JsonObject body) {
        Console.OUT.println(ask(method, path, body).encode());
    }

    /** One JSON line for each item of all pages. */
    void printAll(String path, String query) {
        String after = "";
        do {
            JsonObject page =
                    ask("GET", path + "?limit=100" + query + (after.isEmpty() ? "" : "&after=" + encoded(after)), null);
            JsonArray items = page.getJsonArray("items");
            for (int i = 0; i < items.size(); i++) {
                Console.OUT.println(items.getJsonObject(i).encode());
            }
            after = page.getString("next", "");
        } while (after != null && !after.isEmpty());
    }

    /** {@code ?tenant=…}, or nothing. */
    static String of(@Nullable String tenant) {
        return tenant == null ? "" : "?tenant=" + encoded(tenant);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
