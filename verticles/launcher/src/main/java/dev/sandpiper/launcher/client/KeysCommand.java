package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "keys",
        description = "Makes, lists and revokes API keys; SANDPIPER_KEY needs the scope admin:write or admin:read.")
public final class KeysCommand {
    private static final String PATH = "/v1/admin/keys";
    private static final String JSON = "application/json";

    @Command(
            name = "create",
            description = "Makes a key and prints it with its id, one JSON line. The key is shown this once.")
    int create(
            @Mixin ServerOptions server,
            @Option(names = "--name", paramLabel = "NAME", required = true, description = "What the key is for.")
                    String name,
            @Option(
                            names = "--scopes",
                            split = ",",
                            paramLabel = "SCOPE",
                            defaultValue = "events:publish,events:subscribe",
                            description = "Separated by commas. Default: ${DEFAULT-VALUE}.")
                    List<String> scopes,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Default: the project of your own key.")
                    @Nullable
                    String project,
            @Option(
                            names = "--expires-at",
                            paramLabel = "TIME",
                            description = "Such as 2027-01-31T00:00:00Z. Default: never.")
                    @Nullable
                    String expiresAt) {
        JsonObject wanted = new JsonObject().put("name", name).put("scopes", new JsonArray(scopes));
        if (project != null) {
            wanted.put("project", project);
        }
        if (expiresAt != null) {
            wanted.put("expires_at", expiresAt);
        }
        Answer answer =
                server.server().request("POST", PATH, JSON, wanted.encode().getBytes(StandardCharsets.UTF_8));
        if (!answer.succeeded()) {
            throw answer.failure();
        }
        Console.OUT.println(new JsonObject(answer.body()).encode());
        return ExitCode.DONE;
    }

    @Command(name = "list", description = "Prints every key of the tenant, one JSON line each; never the key itself.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Only those of one project.") @Nullable
                    String project) {
        Server target = server.server();
        String after = "";
        do {
            String query = "?limit=100"
                    + (project == null ? "" : "&project=" + encoded(project))
                    + (after.isEmpty() ? "" : "&after=" + encoded(after));
            Answer answer = target.request("GET", PATH + query, JSON, new byte[0]);
            if (!answer.succeeded()) {
                throw answer.failure();
            }
            JsonObject page = new JsonObject(answer.body());
            JsonArray items = page.getJsonArray("items");
            for (int i = 0; i < items.size(); i++) {
                Console.OUT.println(items.getJsonObject(i).encode());
            }
            after = page.getString("next", "");
        } while (after != null && !after.isEmpty());
        return ExitCode.DONE;
    }

    @Command(name = "revoke", description = "Takes keys away for good, everywhere within a second.")
    int revoke(
            @Mixin ServerOptions server,
            @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of keys, as list prints them.")
                    List<String> ids) {
        Server target = server.server();
        for (String id : ids) {
            Answer answer = target.request("DELETE", PATH + "/" + encoded(id), JSON, new byte[0]);
            if (!answer.succeeded()) {
                throw answer.failure();
            }
            Console.ERR.println("Revoked " + id);
        }
        return ExitCode.DONE;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
