package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Interruption;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "subscribe",
        description = {
            "Prints events as they come, one JSON line each, until interrupted.",
            "",
            "When the connection breaks it comes back and continues after the last event that it printed."
        })
public final class SubscribeCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(arity = "1..100", paramLabel = "TOPIC", description = "Up to 100.")
    private List<String> topics = List.of();

    @Option(
            names = "--since",
            paramLabel = "CURSOR",
            description = "Begins after this event instead of with the next one.")
    private @Nullable String since;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Begins with what was stored then or later, such as 2026-01-31T09:00:00Z.")
    private @Nullable String from;

    @Option(names = "--last", paramLabel = "N", description = "Begins with the newest events, so many of each topic.")
    private @Nullable Integer last;

    @Option(
            names = "--until",
            paramLabel = "CURSOR|TIME",
            description = "Ends with this event, or before this time, and not only when interrupted.")
    private @Nullable String until;

    @Option(names = "--filter", paramLabel = "CEL", description = "Only events that match, such as data.price > 10.")
    private @Nullable String filter;

    @Option(
            names = "--subscriber",
            paramLabel = "NAME",
            description =
                    "Acknowledges every event that was printed under this name, and continues there the next time.")
    private @Nullable String subscriber;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many events.")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() throws InterruptedException {
        var range = new JsonObject();
        put(range, "from", from);
        put(range, "last", last);
        put(range, "until", until);
        put(range, "filter", filter);
        put(range, "subscriber", subscriber);
        put(range, "ack", subscriber == null ? null : true);
        SubscribeSession session =
                new SubscribeSession(server.server(), topics.stream().distinct().toList(), since, range, count);
        try (Interruption interruption = new Interruption(() -> {})) {
            return session.run();
        }
    }

    private static void put(JsonObject range, String name, @Nullable Object value) {
        if (value != null) {
            range.put(name, value);
        }
    }
}
