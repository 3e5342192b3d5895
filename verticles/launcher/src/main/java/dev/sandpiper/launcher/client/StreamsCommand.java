package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "streams",
        description = "Shows what is stored, where and how much room it takes; moves, purges and checks it.")
public final class StreamsCommand {
    private static final String PATH = "/v1/admin/streams";
    private static final String JSON = "application/json";
    private static final long POLL_MILLIS = 200;
    private static final String JSON_HELP = "One JSON line instead of a table.";

    @Command(name = "list", description = "Prints the streams; SANDPIPER_KEY needs the scope platform:operate.")
    int list(@Mixin ServerOptions server, @Option(names = "--json", description = JSON_HELP) boolean json) {
        JsonObject answer = server.server().ask("GET", PATH, null);
        if (json) {
            Console.OUT.println(answer.encode());
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STREAM", "EVENTS", "BYTES", "FIRST", "LAST", "MAX BYTES", "MAX AGE", "REPLICAS"));
        JsonArray items = answer.getJsonArray("items");
        for (int i = 0; i < items.size(); i++) {
            JsonObject one = items.getJsonObject(i);
            rows.add(List.of(
                    Listing.text(one, "name"),
                    Listing.text(one, "events"),
                    Listing.text(one, "bytes"),
                    Listing.text(one, "first_sequence"),
                    Listing.text(one, "last_sequence"),
                    Listing.text(one, "max_bytes"),
                    Listing.text(one, "max_age"),
                    Listing.text(one, "replicas")));
        }
        Columns.print(rows);
        return ExitCode.DONE;
    }

    @Command(
            name = "usage",
            description = "Prints what your tenant has stored, by project; with --all every tenant's, for operators.")
    int usage(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = "Another tenant, for operators.") @Nullable
                    String tenant,
            @Option(names = "--all", description = "Every tenant, in all.") boolean all,
            @Option(names = "--json", description = JSON_HELP) boolean json) {
        return all
                ? Listing.print(server.server().all(PATH + "/usage"), json, List.of("tenant", "events", "bytes"))
                : one(server.server(), tenant, json);
    }

    private static int one(Server server, @Nullable String tenant, boolean json) {
        String query = tenant == null ? "" : "?tenant=" + Server.encoded(tenant);
        JsonObject usage = server.ask("GET", "/v1/usage/storage" + query, null);
        if (json) {
            Console.OUT.println(usage.encode());
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PROJECT", "EVENTS", "BYTES"));
        JsonArray projects = usage.getJsonArray("projects");
        for (int i = 0; i < projects.size(); i++) {
            JsonObject project = projects.getJsonObject(i);
            rows.add(List.of(
                    Listing.text(project, "project"), Listing.text(project, "events"), Listing.text(project, "bytes")));
        }
        rows.add(List.of("(all)", Listing.text(usage, "events"), Listing.text(usage, "bytes")));
        Columns.print(rows);
        return ExitCode.DONE;
    }

    @Command(
            name = "purge",
            description =
                    "Removes the oldest events of a project for good, after asking; SANDPIPER_KEY needs admin:write.")
    int purge(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "PROJECT", description = "Whose events.") String project,
            @Option(
                            names = "--topics",
                            paramLabel = "PATTERN",
                            required = true,
                            description = "A topic, or the beginning of topics followed by *.")
                    String topics,
            @Option(
                            names = "--before",
                            paramLabel = "TIME",
                            description =
                                    "Only what was stored before, such as 2027-01-31T00:00:00Z. Default: everything.")
                    @Nullable
                    String before,
            @Option(names = "--tenant", paramLabel = "TENANT", description = "Another tenant, for operators.") @Nullable
                    String tenant,
            @Option(names = "--dry-run", description = "Only says what would go.") boolean dryRun,
            @Option(names = "--yes", description = "Does not ask.") boolean yes,
            @Option(names = "--json", description = JSON_HELP) boolean json) {
        Server target = server.server();
        JsonObject wanted = new JsonObject().put("project", project).put("topics", topics);
        if (before != null) {
            wanted.put("before", before);
        }
        if (tenant != null) {
            wanted.put("tenant", tenant);
        }
        if (dryRun || !yes) {
            JsonObject would = target.ask("POST", PATH + "/purge", wanted.copy().put("dry_run", true));
            if (dryRun) {
                tell(would, json);
                return ExitCode.DONE;
            }
            confirm(project, would);
        }
        tell(target.ask("POST", PATH + "/purge", wanted.put("confirm", project)), json);
        return ExitCode.DONE;
    }

    private static void confirm(String project, JsonObject would) {
        Console.ERR.print(Listing.text(would, "events") + " events of " + Listing.text(would, "topics")
                + " topics would go for good. Type the project's name to purge them: ");
        String typed;
        try {
            typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        } catch (IOException e) {
            throw CommandFailure.of("The confirmation could not be read: " + e.getMessage());
        }
        if (typed == null || !typed.strip().equals(project)) {
            throw CommandFailure.of("Nothing was purged: the name was not repeated");
        }
    }

    private static void tell(JsonObject purged, boolean json) {
        if (json) {
            Console.OUT.println(purged.encode());
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("EVENTS", "BYTES", "TOPICS", "HELD TOPICS", "PURGED"));
        rows.add(List.of(
                Listing.text(purged, "events"),
                Listing.text(purged, "bytes"),
                Listing.text(purged, "topics"),
                Listing.text(purged, "held_topics"),
                purged.getBoolean("dry_run", false) ? "no" : "yes"));
        Columns.print(rows);
    }

    @Command(name = "add", description = "Makes a stream for one tenant. For operators.")
    int add(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "TENANT", description = "Whose alone it is.") String tenant,
            @Option(names = "--storage", paramLabel = "file|memory", description = "Where it is kept. Default: file.")
                    @Nullable
                    String storage,
            @Option(names = "--replicas", paramLabel = "N", description = "Copies. Default: as the settings say.")
                    @Nullable
                    Integer replicas,
            @Option(
                            names = "--max-bytes",
                            paramLabel = "N",
                            description = "Of all of it. Default: as the settings say.")
                    @Nullable
                    Long maxBytes,
            @Option(
                            names = "--max-age",
                            paramLabel = "DURATION",
                            description = "Of an event, such as 30d. Default: as the settings say.")
                    @Nullable
                    String maxAge,
            @Option(names = "--json", description = JSON_HELP) boolean json) {
        JsonObject wanted = new JsonObject().put("tenant", tenant);
        put(wanted, "storage", storage);
        put(wanted, "replicas", replicas);
        put(wanted, "max_bytes", maxBytes);
        put(wanted, "max_age", maxAge);
        JsonObject made = server.server().ask("POST", PATH, wanted);
        if (json) {
            Console.OUT.println(made.encode());
        } else {
            Console.OUT.println(Listing.text(made, "name"));
        }
        return ExitCode.DONE;
    }

    private static void put(JsonObject wanted, String name, @Nullable Object value) {
        if (value != null) {
            wanted.put(name, value);
        }
    }

    @Command(name = "tenants", description = "Prints which tenant lies in which stream. For operators.")
    int tenants(@Mixin ServerOptions server, @Option(names = "--json", description = JSON_HELP) boolean json) {
        return Listing.print(server.server().all(PATH + "/tenants"), json, List.of("tenant", "stream"));
    }

    @Command(name = "moves", description = "Prints which tenants move or moved, the newest first. For operators.")
    int moves(@Mixin ServerOptions server, @Option(names = "--json", description = JSON_HELP) boolean json) {
        return Listing.print(
                server.server().all(PATH + "/moves"),
                json,
                List.of("tenant", "from", "to", "state", "copied", "total", "note", "started_at", "arrived_at"));
    }

    @Command(
            name = "move",
            description =
                    "Moves a tenant to another stream, and shows how far it is until it has arrived. For operators.")
    int move(
            @Mixin ServerOptions server,
            @Parameters(index = "0", paramLabel = "TENANT", description = "Who.") String tenant,
            @Parameters(index = "1", paramLabel = "STREAM", description = "Where to, such as EVENTS-1.") String to,
            @Option(names = "--detach", description = "Does not wait; the move goes on by itself.") boolean detach,
            @Option(names = "--json", description = JSON_HELP) boolean json)
            throws InterruptedException {
        Server target = server.server();
        JsonObject move = target.ask(
                "POST", PATH + "/moves", new JsonObject().put("tenant", tenant).put("to", to));
        String id = move.getString("id");
        String shown = "";
        while (!detach && move.getString("state").equals("copying")) {
            String progress = Listing.text(move, "copied") + " of " + Listing.text(move, "total") + " events";
            if (!progress.equals(shown)) {
                Console.ERR.println(progress);
                shown = progress;
            }
            Thread.sleep(POLL_MILLIS);
            // A page begins after the move that is named, and goes from the newest to the oldest.
            String page = PATH + "/moves?limit=1&after=" + (Long.parseLong(id) + 1);
            move = target.ask("GET", page, null).getJsonArray("items").getJsonObject(0);
        }
        if (json) {
            Console.OUT.println(move.encode());
        } else {
            Console.OUT.println(tenant + " " + Listing.text(move, "state") + " " + Listing.text(move, "from") + " -> "
                    + Listing.text(move, "to"));
        }
        if (move.getString("state").equals("cancelled")) {
            throw CommandFailure.of("The tenant stays where it is: " + Listing.text(move, "note"));
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "check",
            description = "Compares count, stream and trim marks; ends with 1 when they differ. For operators.")
    int check(
            @Mixin ServerOptions server,
            @Option(names = "--last", description = "Prints what the last check found, without another.") boolean last,
            @Option(names = "--json", description = JSON_HELP) boolean json) {
        JsonObject report = server.server().ask(last ? "GET" : "POST", PATH + "/check", null);
        boolean clean = report.getBoolean("clean", true);
        if (json) {
            Console.OUT.println(report.encode());
            return clean ? ExitCode.DONE : ExitCode.FAILED;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CHECKED AT", "EVENTS", "BYTES", "TOPICS", "TRIM MARKS", "REPAIRED", "CLEAN"));
        rows.add(List.of(
                Listing.text(report, "checked_at"),
                Listing.text(report, "events"),
                Listing.text(report, "bytes"),
                Listing.text(report, "topics"),
                Listing.text(report, "trim_marks"),
                Listing.text(report, "repaired"),
                clean ? "yes" : "no"));
        Columns.print(rows);
        JsonArray findings = report.getJsonArray("findings", new JsonArray());
        findings.forEach(Console.OUT::println);
        return clean ? ExitCode.DONE : ExitCode.FAILED;
    }
}
