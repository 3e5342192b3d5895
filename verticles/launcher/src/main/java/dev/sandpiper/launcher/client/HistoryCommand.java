package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        description = {
            "Prints a page of the past, one JSON line for each event.",
            "",
            "At the end it says with which cursor the next page begins. For all there is, take export."
        })
public final class HistoryCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TOPIC", description = "A topic, or the beginning of several and a *.")
    private String topic = "";

    @Option(
            names = "--since",
            paramLabel = "CURSOR",
            description = "Begins after this event, or before it in --reverse.")
    private @Nullable String since;

    @Option(names = "--from", paramLabel = "TIME", description = "Begins with what was stored then or later.")
    private @Nullable String from;

    @Option(names = "--last", paramLabel = "N", description = "The newest events, so many in all.")
    private @Nullable Integer last;

    @Option(names = "--until", paramLabel = "CURSOR|TIME", description = "Ends with this event, or before this time.")
    private @Nullable String until;

    @Option(names = "--filter", paramLabel = "CEL", description = "Only events that match, such as data.price > 10.")
    private @Nullable String filter;

    @Option(names = "--limit", paramLabel = "N", description = "Events on the page, at most.")
    private @Nullable Integer limit;

    @Option(names = "--reverse", description = "The newest first.")
    private boolean reverse;

    @Override
    public Integer call() {
        var path = new StringBuilder("/v1/events?topic=").append(Server.encoded(topic));
        put(path, "since", since);
        put(path, "from", from);
        put(path, "last", last);
        put(path, "until", until);
        put(path, "filter", filter);
        put(path, "limit", limit);
        put(path, "order", reverse ? "desc" : null);
        JsonObject page = server.server().ask("GET", path.toString(), null);
        if (!page.getBoolean("recovered", true)) {
            Console.ERR.println("Not everything since then is left (" + page.getString("reason") + ")");
        }
        JsonArray messages = page.getJsonArray("messages");
        for (int i = 0; i < messages.size(); i++) {
            Console.OUT.println(messages.getJsonObject(i).encode());
        }
        String next = page.getString("cursor");
        if (next != null && page.getBoolean("more", false)) {
            Console.ERR.println("More: --since " + next);
        }
        return ExitCode.DONE;
    }

    private static void put(StringBuilder path, String name, @Nullable Object value) {
        if (value != null) {
            path.append('&').append(name).append('=').append(Server.encoded(value.toString()));
        }
    }
}
