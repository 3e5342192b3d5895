package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Administrative routes of a server, which all speak alike. */
record Administration(Server server) {
    /** @throws dev.sandpiper.launcher.cli.CommandFailure when the server refuses */
    void tell(String method, String path) {
        server.ask(method, path, null);
    }

    /** One JSON line for the answer. */
    void print(String method, String path, @Nullable JsonObject body) {
        Console.OUT.println(server.ask(method, path, body).encode());
    }

    /** One JSON line for each item of all pages. */
    void printAll(String path) {
        server.each(path, item -> Console.OUT.println(item.encode()));
    }

    /** {@code ?tenant=…}, or nothing. */
    static String of(@Nullable String tenant) {
        return tenant == null ? "" : "?tenant=" + Server.encoded(tenant);
    }
}
