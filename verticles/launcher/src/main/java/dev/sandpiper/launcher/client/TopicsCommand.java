package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "topics",
        description =
                "Rules of topics: schema, class, limits. SANDPIPER_KEY needs the scope admin:write or admin:read.")
public final class TopicsCommand {
    private static final String PATH = "/v1/topics";
    private static final String JSON = "application/json";

    @Command(name = "list", description = "Prints the rules of the project, a table or one JSON line each.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--json", description = "One JSON line for each rule.") boolean json) {
        Server target = server.server();
        List<JsonObject> rules = new ArrayList<>();
        String after = "";
        do {
            JsonObject page = new JsonObject(request(
                            target,
                            "GET",
                            PATH + "?limit=200" + (after.isEmpty() ? "" : "&after=" + encoded(after)),
                            "")
                    .body());
            JsonArray items = page.getJsonArray("items");
            for (int i = 0; i < items.size(); i++) {
                rules.add(items.getJsonObject(i));
            }
            after = page.getString("next") == null ? "" : page.getString("next");
        } while (!after.isEmpty());
        if (json) {
            rules.forEach(rule -> Console.OUT.println(rule.encode()));
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("PATTERN", "VERSION", "CLASS", "SCHEMA", "MAX PAYLOAD", "DEDUPE", "RETENTION", "TTL"));
            rules.forEach(rule -> rows.add(row(rule)));
            Columns.print(rows);
        }
        return ExitCode.DONE;
    }

    @Command(name = "get", description = "Prints the rule with this pattern, as JSON that set takes.")
    int get(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "PATTERN", description = "Such as orders or 'chat:*'.") String pattern) {
        Answer answer = request(server.server(), "GET", path(pattern), "");
        Console.OUT.println(new JsonObject(answer.body()).encodePrettily());
        return ExitCode.DONE;
    }

    @Command(
            name = "set",
            description =
                    "Makes or replaces the rule with this pattern. What is not given is not limited. With --dry-run it"
                            + " only says what the newest events would have met with, and fails if any would have been refused.")
    int set(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "PATTERN", description = "A topic, or the beginning of some and *: 'chat:*'.")
                    String pattern,
            @Option(names = "--file", paramLabel = "FILE", description = "The rule as JSON; - for stdin.") @Nullable
                    String file,
            @Option(names = "--schema", paramLabel = "FILE", description = "JSON Schema 2020-12 for payloads.")
                    @Nullable
                    Path schema,
            @Option(
                            names = "--class",
                            paramLabel = "CLASS",
                            description = "Of events that name none: durable, ephemeral or exactly-once.")
                    @Nullable
                    String deliveryClass,
            @Option(names = "--dedupe-window", paramLabel = "TIME", description = "Such as 2d.") @Nullable
                    String dedupeWindow,
            @Option(names = "--max-payload", paramLabel = "BYTES") @Nullable Long maxPayload,
            @Option(names = "--retention-age", paramLabel = "TIME", description = "Such as 30d.") @Nullable String age,
            @Option(names = "--retention-count", paramLabel = "EVENTS") @Nullable Long count,
            @Option(names = "--retention-bytes", paramLabel = "BYTES") @Nullable Long bytes,
            @Option(names = "--ttl", paramLabel = "TIME", description = "Such as 1h.") @Nullable String ttl,
            @Option(
                            names = "--if-version",
                            paramLabel = "VERSION",
                            description = "Only if the rule has this version still.")
                    @Nullable
                    Long version,
            @Option(names = "--backward", description = "Only if the new schema lets pass whatever the former one did.")
                    boolean backward,
            @Option(names = "--dry-run", paramLabel = "EVENTS", description = "How many of the newest, 1 to 1000.")
                    @Nullable
                    Integer dryRun) {
        JsonObject rule = file == null ? new JsonObject() : object(read(file), file);
        if (schema != null) {
            rule.put("schema", value(read(schema.toString()), schema.toString()));
        }
        put(rule, "class", deliveryClass);
        put(rule, "dedupe_window", dedupeWindow);
        put(rule, "max_payload", maxPayload);
        put(rule, "ttl", ttl);
        put(rule, "version", version);
        if (age != null || count != null || bytes != null) {
            JsonObject retention = new JsonObject();
            put(retention, "age", age);
            put(retention, "count", count);
            put(retention, "bytes", bytes);
            rule.put("retention", retention);
        }
        String query = (backward ? "?compatibility=backward" : "?compatibility=none")
                + (dryRun == null ? "" : "&dry_run=" + dryRun);
        Answer answer = request(server.server(), "PUT", path(pattern) + query, rule.encode());
        JsonObject said = new JsonObject(answer.body());
        Console.OUT.println(said.encode());
        boolean refused = dryRun != null
                && (said.getInteger("failed") > 0
                        || !said.getJsonArray("incompatible").isEmpty());
        return refused ? ExitCode.FAILED : ExitCode.DONE;
    }

    @Command(name = "delete", description = "Takes rules away. The topics and their events stay.")
    int delete(
            @Mixin ServerOptions server,
            @Parameters(arity = "1..*", paramLabel = "PATTERN", description = "As list prints them.")
                    List<String> patterns) {
        Server target = server.server();
        for (String pattern : patterns) {
            request(target, "DELETE", path(pattern), "");
            Console.ERR.println("Deleted " + pattern);
        }
        return ExitCode.DONE;
    }

    private static List<String> row(JsonObject rule) {
        JsonObject retention = rule.getJsonObject("retention");
        List<String> limits = new ArrayList<>();
        for (String name : List.of("age", "count", "bytes")) {
            if (retention.getValue(name) != null) {
                limits.add(name + " " + retention.getValue(name));
            }
        }
        return List.of(
                rule.getString("pattern"),
                text(rule, "version"),
                text(rule, "class"),
                rule.getValue("schema") == null ? "-" : "yes",
                text(rule, "max_payload"),
                text(rule, "dedupe_window"),
                limits.isEmpty() ? "-" : String.join(", ", limits),
                text(rule, "ttl"));
    }

    private static String text(JsonObject rule, String name) {
        Object value = rule.getValue(name);
        return value == null ? "-" : value.toString();
    }

    private static void put(JsonObject object, String name, @Nullable Object value) {
        if (value != null) {
            object.put(name, value);
        }
    }

    private static JsonObject object(String text, String file) {
        if (value(text, file) instanceof JsonObject object) {
            return object;
        }
        throw CommandFailure.wrongUse(file + " holds no JSON object");
    }

    private static Object value(String text, String file) {
        try {
            return Json.decodeValue(text);
        } catch (DecodeException e) {
            throw CommandFailure.wrongUse(file + " holds no JSON");
        }
    }

    private static String read(String file) {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw CommandFailure.of("Cannot read " + file);
        }
    }

    private static Answer request(Server server, String method, String path, String body) {
        Answer answer = server.request(method, path, JSON, body.getBytes(StandardCharsets.UTF_8));
        if (!answer.succeeded()) {
            throw answer.failure();
        }
        return answer;
    }

    private static String path(String pattern) {
        return PATH + "/" + encoded(pattern);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
