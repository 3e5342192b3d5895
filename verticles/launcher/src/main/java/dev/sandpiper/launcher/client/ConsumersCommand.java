package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consumers",
        description =
                "Makes, shows, pauses, resets and deletes durable consumers; SANDPIPER_KEY needs the scope admin:write,"
                        + " or to look at them or fetch, events:subscribe.")
public final class ConsumersCommand {
    private static final String PATH = "/v1/consumers";
    private static final String JSON = "application/json";

    @Command(name = "create", description = "Makes a consumer and prints it, one JSON line.")
    int create(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--topics",
                            split = ",",
                            required = true,
                            paramLabel = "TOPIC",
                            description = "Separated by commas; a trailing * stands for any rest.")
                    List<String> topics,
            @Option(
                            names = "--start",
                            defaultValue = "live",
                            paramLabel = "WHERE",
                            description = "live, first, a cursor, or a time. Default: ${DEFAULT-VALUE}.")
                    String start,
            @Option(names = "--filter", paramLabel = "CONDITION", description = "In CEL.") @Nullable String filter,
            @Option(names = "--ack-wait", paramLabel = "DURATION", description = "A worker's time for an event.")
                    @Nullable
                    String ackWait,
            @Option(names = "--max-deliver", paramLabel = "COUNT", description = "Deliveries of an event, at most.")
                    @Nullable
                    Integer maxDeliver,
            @Option(
                            names = "--backoff",
                            split = ",",
                            paramLabel = "DURATION",
                            description = "How long a refused event rests, for the first time, the second …")
                    @Nullable
                    List<String> backoff,
            @Option(names = "--max-in-flight", paramLabel = "COUNT", description = "Events that may be with workers.")
                    @Nullable
                    Integer maxInFlight,
            @Option(names = "--ordered", description = "An event waits for those before it.") boolean ordered) {
        JsonObject wanted = new JsonObject()
                .put("name", name)
                .put("topics", new JsonArray(topics))
                .put("start", start(start))
                .put("ordered_by", ordered ? "topic" : "none");
        put(wanted, "filter", filter);
        put(wanted, "ack_wait", ackWait);
        put(wanted, "max_deliver", maxDeliver);
        put(wanted, "backoff", backoff == null ? null : new JsonArray(backoff));
        put(wanted, "max_in_flight", maxInFlight);
        return print(server.server().ask("POST", PATH, wanted));
    }

    @Command(name = "list", description = "Prints every consumer of the project.")
    int list(@Mixin ServerOptions server, @Mixin Form form) {
        show(server.server().all(PATH), form);
        return ExitCode.DONE;
    }

    @Command(name = "lag", description = "Prints how far consumers are, those that are furthest behind first.")
    int lag(
            @Mixin ServerOptions server,
            @Mixin Form form,
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only this one.") @Nullable String name) {
        Server target = server.server();
        List<JsonObject> items = name == null ? target.all(PATH) : List.of(target.ask("GET", one(name), null));
        show(
                items.stream()
                        .sorted((a, b) -> Long.compare(b.getLong("lag"), a.getLong("lag")))
                        .toList(),
                form);
        return ExitCode.DONE;
    }

    @Command(name = "delete", description = "Deletes consumers; what they have not acknowledged is not kept for them.")
    int delete(@Mixin ServerOptions server, @Parameters(arity = "1..*", paramLabel = "NAME") List<String> names) {
        Server target = server.server();
        for (String name : names) {
            target.ask("DELETE", one(name), null);
            Console.ERR.println("Deleted " + name);
        }
        return ExitCode.DONE;
    }

    @Command(name = "pause", description = "Gives out no more events, on any node, within a second.")
    int pause(@Mixin ServerOptions server, @Parameters(paramLabel = "NAME") String name) {
        return print(server.server().ask("POST", one(name) + "/pause", null));
    }

    @Command(name = "resume", description = "Ends a pause.")
    int resume(@Mixin ServerOptions server, @Parameters(paramLabel = "NAME") String name) {
        return print(server.server().ask("POST", one(name) + "/resume", null));
    }

    @Command(name = "reset", description = "Begins anew at a cursor or a time; what is with workers is forgotten.")
    int reset(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--to", required = true, paramLabel = "WHERE", description = "A cursor or a time.")
                    String where) {
        if (!(start(where) instanceof JsonObject position)) {
            throw CommandFailure.wrongUse("A reset goes to a cursor or to a time such as 2026-01-31T00:00:00Z");
        }
        return print(server.server().ask("POST", one(name) + "/reset", position));
    }

    @Command(name = "fetch", description = "Takes events and prints them, one JSON line each.")
    int fetch(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--batch",
                            defaultValue = "10",
                            paramLabel = "COUNT",
                            description = "At most. Default: ${DEFAULT-VALUE}.")
                    int batch,
            @Option(
                            names = "--wait",
                            defaultValue = "0s",
                            paramLabel = "DURATION",
                            description = "For the first one. Default: ${DEFAULT-VALUE}.")
                    String wait,
            @Option(names = "--ack", description = "Acknowledges them once they are printed.") boolean acknowledge) {
        Server target = server.server();
        JsonObject wanted = new JsonObject().put("batch", batch).put("wait", wait);
        JsonArray deliveries = target.ask("POST", one(name) + "/fetch", wanted).getJsonArray("deliveries");
        var tokens = new JsonArray();
        for (int i = 0; i < deliveries.size(); i++) {
            JsonObject delivery = deliveries.getJsonObject(i);
            Console.OUT.println(delivery.encode());
            tokens.add(delivery.getString("token"));
        }
        if (acknowledge && !tokens.isEmpty()) {
            Console.OUT.flush();
            refuseFailures(target.ask("POST", one(name) + "/ack", new JsonObject().put("tokens", tokens)));
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "ack",
            description = "Says that events are done; with --publish, publishes their results in the same step.")
    int ack(
            @Mixin ServerOptions server,
            @Parameters(index = "0", paramLabel = "NAME") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "TOKEN", description = "As fetch prints them.")
                    List<String> tokens,
            @Option(
                            names = "--publish",
                            paramLabel = "JSON",
                            description =
                                    "An event such as {\"topic\":\"invoices\",\"data\":1}; several times for several.")
                    @Nullable
                    List<String> results) {
        if (results == null) {
            return say(server.server(), name, "ack", new JsonObject(), tokens);
        }
        if (tokens.size() != 1) {
            throw CommandFailure.wrongUse("--publish goes with one token: results belong to one event");
        }
        var events = new JsonArray();
        for (String result : results) {
            try {
                events.add(new JsonObject(result));
            } catch (DecodeException e) {
                throw CommandFailure.wrongUse("--publish must be a JSON object and not " + result);
            }
        }
        return print(server.server()
                .ask(
                        "POST",
                        one(name) + "/ack",
                        new JsonObject().put("token", tokens.getFirst()).put("publish", events)));
    }

    @Command(name = "nack", description = "Says that events are to come again.")
    int nack(
            @Mixin ServerOptions server,
            @Parameters(index = "0", paramLabel = "NAME") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "TOKEN") List<String> tokens,
            @Option(
                            names = "--delay",
                            paramLabel = "DURATION",
                            description = "Such as 5s; else the consumer's backoff.")
                    @Nullable
                    String delay) {
        var word = new JsonObject();
        put(word, "delay", delay);
        return say(server.server(), name, "nack", word, tokens);
    }

    @Command(name = "term", description = "Says that events are hopeless: they become dead letters.")
    int term(
            @Mixin ServerOptions server,
            @Parameters(index = "0", paramLabel = "NAME") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "TOKEN") List<String> tokens,
            @Option(names = "--reason", paramLabel = "TEXT", description = "What the dead letter says.") @Nullable
                    String reason) {
        var word = new JsonObject();
        put(word, "reason", reason);
        return say(server.server(), name, "term", word, tokens);
    }

    /** A word of a worker about some deliveries. */
    private static int say(Server server, String name, String word, JsonObject body, List<String> tokens) {
        refuseFailures(server.ask("POST", one(name) + "/" + word, body.put("tokens", new JsonArray(tokens))));
        Console.ERR.println(word + ": " + tokens.size());
        return ExitCode.DONE;
    }

    /** How lists are printed. */
    static final class Form {
        @Option(names = "--json", description = "One JSON line each, for machines.")
        private boolean json;
    }

    private static void refuseFailures(JsonObject answer) {
        JsonArray results = answer.getJsonArray("results");
        for (int i = 0; i < results.size(); i++) {
            JsonObject error = results.getJsonObject(i).getJsonObject("error");
            if (error != null) {
                throw CommandFailure.of("Not every event was dealt with: " + Answer.describe(error));
            }
        }
    }

    private static void show(List<JsonObject> items, Form form) {
        if (form.json) {
            items.forEach(item -> Console.OUT.println(item.encode()));
            return;
        }
        Console.OUT.println(row("NAME", "LAG", "PENDING", "REDELIVERED", "OLDEST UNACKED", "TOPICS"));
        for (JsonObject item : items) {
            String oldest = item.getString("oldest_unacked");
            Console.OUT.println(row(
                    item.getString("name") + (item.getBoolean("paused") ? " (paused)" : ""),
                    item.getLong("lag"),
                    item.getLong("pending"),
                    item.getLong("redelivered"),
                    oldest == null ? "-" : oldest,
                    String.join(
                            ",",
                            item.getJsonArray("topics").stream()
                                    .map(Object::toString)
                                    .toList())));
        }
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-32s %10s %9s %12s  %-24s %s", cells);
    }

    /** A word, or an object with a time or a cursor. */
    private static Object start(String text) {
        if (text.equals("live") || text.equals("first")) {
            return text;
        }
        boolean time = text.length() >= 11 && text.charAt(4) == '-' && text.charAt(10) == 'T';
        return new JsonObject().put(time ? "time" : "cursor", text);
    }

    private static void put(JsonObject body, String member, @Nullable Object value) {
        if (value != null) {
            body.put(member, value);
        }
    }

    private static int print(JsonObject answer) {
        Console.OUT.println(answer.encode());
        return ExitCode.DONE;
    }

    private static String one(String name) {
        return PATH + "/" + Server.encoded(name);
    }
}
