package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.cli.Interruption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = {
            "Prints stored events, one JSON line each, up to the newest.",
            "",
            "When the connection breaks it comes back and continues after the last event that it printed. At the end it says from which"
                    + " cursor a later export goes on."
        })
public final class ExportCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TOPIC", description = "A topic, or the beginning of several and a *.")
    private String topic = "";

    @Option(names = "--since", paramLabel = "CURSOR", description = "Begins after this event.")
    private @Nullable String since;

    @Option(names = "--from", paramLabel = "TIME", description = "Begins with what was stored then or later.")
    private @Nullable String from;

    @Option(
            names = "--until",
            paramLabel = "CURSOR|TIME",
            description = "Ends with this event, or before this time; by default with the newest.")
    private @Nullable String until;

    @Option(names = "--filter", paramLabel = "CEL", description = "Only events that match, such as data.price > 10.")
    private @Nullable String filter;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("topic", topic);
        put(query, "since", since);
        put(query, "from", from);
        put(query, "until", until);
        put(query, "filter", filter);
        var session = new ExportSession(server.server(), query, Console.OUT);
        try (Interruption interruption = new Interruption(session::tellWhereToGoOn)) {
            session.run();
        }
        return ExitCode.DONE;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }
}
