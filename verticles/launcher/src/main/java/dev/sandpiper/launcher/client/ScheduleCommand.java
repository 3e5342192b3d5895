package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "schedule",
        description = {
            "Lists, shows and cancels events that are to be published later; SANDPIPER_KEY needs the scope events:publish.",
            "",
            "publish --deliver-at makes them."
        })
public final class ScheduleCommand {
    private static final String PATH = "/v1/events/scheduled";
    private static final String JSON = "application/json";
    private static final String ROW = "%-26s  %-24s  %-10s  %s%n";

    @Command(name = "list", description = "Prints what waits in the project, by its time.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--json", description = "One JSON line each instead of a table.") boolean json) {
        Server target = server.server();
        if (!json) {
            Console.OUT.printf(ROW, "ID", "DELIVER AT", "STATE", "TOPIC");
        }
        target.each(PATH, item -> print(item, json));
        return ExitCode.DONE;
    }

    private static void print(JsonObject item, boolean json) {
        if (json) {
            Console.OUT.println(item.encode());
        } else {
            Console.OUT.printf(
                    ROW,
                    item.getString("id"),
                    item.getString("deliver_at"),
                    item.getString("state"),
                    item.getString("topic"));
        }
    }

    @Command(
            name = "show",
            description =
                    "Prints one scheduled event with its data and what became of it, as JSON; for a day after its end.")
    int show(
            @Mixin ServerOptions server, @Parameters(paramLabel = "ID", description = "As list prints it.") String id) {
        Console.OUT.println(server.server()
                .ask("GET", PATH + "/" + Server.encoded(id), null)
                .encodePrettily());
        return ExitCode.DONE;
    }

    @Command(name = "cancel", description = "Cancels scheduled events that are not being published yet.")
    int cancel(
            @Mixin ServerOptions server,
            @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of schedules, as list prints them.")
                    List<String> ids) {
        Server target = server.server();
        for (String id : ids) {
            target.ask("DELETE", PATH + "/" + Server.encoded(id), null);
            Console.ERR.println("Cancelled " + id);
        }
        return ExitCode.DONE;
    }
}
