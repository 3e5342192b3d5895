package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "dead-letters",
        description = "Lists, shows, sends again and discards the events that consumers gave up on.")
public final class DeadLettersCommand {
    private static final String PATH = "/v1/dead-letters";
    private static final String JSON = "application/json";
    private static final int PAGE = 100;
    private static final List<String> COLUMNS =
            List.of("ID", "CONSUMER", "TOPIC", "REASON", "ATTEMPTS", "FAILED AT", "LAST ERROR");

    @Command(name = "list", description = "Prints dead letters, the oldest first.")
    int list(
            @Mixin ServerOptions server,
            @Mixin LetterFilterOptions filter,
            @Option(
                            names = "--limit",
                            paramLabel = "COUNT",
                            defaultValue = "100",
                            description = "At most so many. Default: ${DEFAULT-VALUE}.")
                    int limit,
            @Option(names = "--json", description = "One JSON line each instead of a table.") boolean json) {
        if (limit < 1) {
            throw CommandFailure.wrongUse("--limit must be at least 1");
        }
        Server target = server.server();
        List<JsonObject> letters = new ArrayList<>();
        String after = "";
        while (after != null && letters.size() < limit) {
            JsonObject page = asked(target.request(
                    "GET",
                    PATH + "?limit=" + Math.min(PAGE, limit - letters.size()) + filter.query()
                            + (after.isEmpty() ? "" : "&after=" + Server.encoded(after)),
                    JSON,
                    new byte[0]));
            JsonArray items = page.getJsonArray("items");
            for (int i = 0; i < items.size(); i++) {
                letters.add(items.getJsonObject(i));
            }
            after = page.getString("next");
        }
        if (json) {
            letters.forEach(letter -> Console.OUT.println(letter.encode()));
        } else {
            print(letters);
        }
        return ExitCode.DONE;
    }

    @Command(name = "show", description = "Prints one dead letter with its event, as JSON.")
    int show(
            @Mixin ServerOptions server, @Parameters(paramLabel = "ID", description = "As list prints it.") String id) {
        Console.OUT.println(asked(server.server().request("GET", PATH + "/" + Server.encoded(id), JSON, new byte[0]))
                .encodePrettily());
        return ExitCode.DONE;
    }

    @Command(
            name = "redrive",
            description = "Sends events again: those of the letters named, or of all that the filters let pass.")
    int redrive(
            @Mixin ServerOptions server,
            @Mixin LetterFilterOptions filter,
            @Option(
                            names = "--to",
                            paramLabel = "consumer|topic",
                            required = true,
                            description = "To the consumer that failed alone, or to everybody on the topic.")
                    String to,
            @Option(names = "--all", description = "Every dead letter of the project.") boolean all,
            @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of letters, as list prints them.")
                    @Nullable
                    List<String> ids) {
        if (!List.of("consumer", "topic").contains(to)) {
            throw CommandFailure.wrongUse("--to must be consumer or topic");
        }
        List<String> named = ids == null ? List.of() : ids;
        requireChoice(named, filter, all);
        Server target = server.server();
        byte[] one = new JsonObject().put("to", to).encode().getBytes(StandardCharsets.UTF_8);
        for (String id : named) {
            asked(target.request("POST", PATH + "/" + Server.encoded(id) + "/redrive", JSON, one));
            Console.ERR.println("Redriven " + id);
        }
        if (!named.isEmpty()) {
            return ExitCode.DONE;
        }
        return sweep("redriven", after -> {
            JsonObject body = filter.body().put("to", to);
            if (after != null) {
                body.put("after", after);
            }
            return target.request("POST", PATH + "/redrive", JSON, body.encode().getBytes(StandardCharsets.UTF_8));
        });
    }

    @Command(
            name = "discard",
            description = "Removes dead letters for good: those named, or all that the filters let pass.")
    int discard(
            @Mixin ServerOptions server,
            @Mixin LetterFilterOptions filter,
            @Option(names = "--all", description = "Every dead letter of the project.") boolean all,
            @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of letters, as list prints them.")
                    @Nullable
                    List<String> ids) {
        List<String> named = ids == null ? List.of() : ids;
        requireChoice(named, filter, all);
        Server target = server.server();
        for (String id : named) {
            Answer answer = target.request("DELETE", PATH + "/" + Server.encoded(id), JSON, new byte[0]);
            if (!answer.succeeded()) {
                throw answer.failure();
            }
            Console.ERR.println("Discarded " + id);
        }
        if (!named.isEmpty()) {
            return ExitCode.DONE;
        }
        return sweep(
                "discarded",
                after -> target.request(
                        "DELETE",
                        PATH + "?all=" + all + filter.query()
                                + (after == null ? "" : "&after=" + Server.encoded(after)),
                        JSON,
                        new byte[0]));
    }

    /** One step of many; {@code after} is null for the first. */
    private interface Step {
        Answer take(@Nullable String after);
    }

    /** Goes on until nothing is left, and says so after every step. */
    private static int sweep(String what, Step step) {
        int done = 0;
        int failed = 0;
        String after = null;
        do {
            JsonObject swept = asked(step.take(after));
            done += swept.getInteger(what);
            JsonArray failures = swept.getJsonArray("failed");
            failed += failures.size();
            for (int i = 0; i < failures.size(); i++) {
                JsonObject failure = failures.getJsonObject(i);
                Console.ERR.println("Not " + what + ": " + failure.getString("id") + ": " + Answer.describe(failure));
            }
            Console.ERR.println(done + " " + what + ", " + swept.getLong("remaining") + " remaining");
            after = swept.getString("next");
        } while (after != null);
        Console.OUT.println(
                new JsonObject().put(what, done).put("failed", failed).encode());
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void requireChoice(List<String> ids, LetterFilterOptions filter, boolean all) {
        boolean filtered = !filter.isEmpty() || all;
        if (ids.isEmpty() && !filtered) {
            throw CommandFailure.wrongUse("Name letters by id, narrow by a filter such as --consumer, or say --all");
        }
        if (!ids.isEmpty() && filtered) {
            throw CommandFailure.wrongUse("Ids cannot be combined with filters or --all");
        }
    }

    private static void print(List<JsonObject> letters) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (JsonObject letter : letters) {
            rows.add(List.of(
                    letter.getString("id"),
                    plain(letter.getString("consumer")),
                    plain(letter.getString("topic")),
                    letter.getString("reason"),
                    Long.toString(letter.getLong("attempts")),
                    letter.getString("failed_at"),
                    plain(letter.getString("last_error"))));
        }
        Columns.print(rows);
    }

    /** What others wrote must not steer the terminal. */
    private static String plain(@Nullable String text) {
        return text == null ? "-" : text.replaceAll("\\p{Cntrl}", " ");
    }

    private static JsonObject asked(Answer answer) {
        if (!answer.succeeded()) {
            throw answer.failure();
        }
        return new JsonObject(answer.body());
    }
}
