package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "retention", description = "Shows and sets how much is kept, and holds what must not go.")
public final class RetentionCommand {
    private static final String PATH = "/v1/admin/retention";
    private static final String HOLDS = PATH + "/holds";

    /** Whose retention it is. */
    static final class Owner {
        @Option(names = "--tenant", paramLabel = "TENANT", description = "Another tenant, for operators.")
        private @Nullable String tenant;

        @Option(names = "--project", paramLabel = "PROJECT", description = "One project; by default the whole tenant.")
        private @Nullable String project;

        private String query() {
            var query = new StringBuilder();
            if (tenant != null) {
                query.append("&tenant=").append(Server.encoded(tenant));
            }
            if (project != null) {
                query.append("&project=").append(Server.encoded(project));
            }
            return query.isEmpty() ? "" : "?" + query.substring(1);
        }
    }

    @Command(name = "show", description = "Prints the limits that hold, one JSON line.")
    int show(@Mixin ServerOptions server, @Mixin Owner owner) {
        return print(server.server().ask("GET", PATH + owner.query(), null));
    }

    @Command(
            name = "set",
            description = "Sets all three limits; what is not given is no limit. Prints what holds then.")
    int set(
            @Mixin ServerOptions server,
            @Mixin Owner owner,
            @Option(names = "--max-age", paramLabel = "DURATION", description = "Such as 30d.") @Nullable String maxAge,
            @Option(names = "--max-events", paramLabel = "COUNT") @Nullable Long maxEvents,
            @Option(names = "--max-bytes", paramLabel = "BYTES") @Nullable Long maxBytes,
            @Option(names = "--no-limits", description = "Takes all limits away.") boolean none) {
        boolean some = maxAge != null || maxEvents != null || maxBytes != null;
        if (some == none) {
            throw CommandFailure.wrongUse("Give --max-age, --max-events or --max-bytes, or else --no-limits");
        }
        return print(server.server()
                .ask(
                        "PUT",
                        PATH + owner.query(),
                        new JsonObject()
                                .put("max_age", maxAge)
                                .put("max_events", maxEvents)
                                .put("max_bytes", maxBytes)));
    }

    @Command(name = "holds", description = "Prints the legal holds.")
    int holds(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = "Another tenant, for operators.") @Nullable
                    String tenant,
            @Option(names = "--json", description = "One JSON line each instead of a table.") boolean json) {
        return Listing.print(
                server.server().all(HOLDS + of(tenant)),
                json,
                List.of("id", "project", "topics", "placed_at", "reason"));
    }

    @Command(
            name = "hold",
            description = "Keeps what is on topics until it is released, whatever limits and purges say.")
    int hold(
            @Mixin ServerOptions server,
            @Mixin Owner owner,
            @Option(
                            names = "--topics",
                            required = true,
                            paramLabel = "TOPICS",
                            description = "A topic, or the beginning of several and a *.")
                    String topics,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Such as the case's number.")
                    String reason) {
        var hold = new JsonObject().put("topics", topics).put("reason", reason);
        if (owner.project != null) {
            hold.put("project", owner.project);
        }
        return print(server.server().ask("POST", HOLDS + of(owner.tenant), hold));
    }

    @Command(name = "release", description = "Ends holds. What limits no longer allow goes within a minute.")
    int release(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = "Another tenant, for operators.") @Nullable
                    String tenant,
            @Parameters(arity = "1..*", paramLabel = "ID", description = "As holds prints them.") List<String> ids) {
        Server target = server.server();
        for (String id : ids) {
            target.ask("DELETE", HOLDS + "/" + Server.encoded(id) + of(tenant), null);
            Console.ERR.println("Released " + id);
        }
        return ExitCode.DONE;
    }

    private static String of(@Nullable String tenant) {
        return tenant == null ? "" : "?tenant=" + Server.encoded(tenant);
    }

    private static int print(JsonObject answer) {
        Console.OUT.println(answer.encode());
        return ExitCode.DONE;
    }
}
