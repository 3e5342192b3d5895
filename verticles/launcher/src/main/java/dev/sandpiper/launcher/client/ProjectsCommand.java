package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "projects",
        description = "Makes, lists, changes and deletes projects; SANDPIPER_KEY needs admin:write or admin:read.")
public final class ProjectsCommand {
    private static final String PATH = "/v1/admin/projects";
    private static final String TENANT_HELP = "Another tenant, for operators.";
    private static final String LIMIT_HELP = "Such as connections=500; may be repeated.";

    @Command(name = "create", description = "Makes a project and prints it, one JSON line.")
    int create(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "NAME", description = "What it is called.") String name,
            @Option(names = "--id", paramLabel = "ID", description = "Default: made of the name.") @Nullable String id,
            @Option(names = "--limit", paramLabel = "NAME=NUMBER", description = LIMIT_HELP) @Nullable
                    Map<String, Long> limits,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant) {
        var wanted = new JsonObject().put("name", name);
        if (id != null) {
            wanted.put("id", id);
        }
        if (tenant != null) {
            wanted.put("tenant", tenant);
        }
        putLimits(wanted, limits);
        new Administration(server.server()).print("POST", PATH, wanted);
        return ExitCode.DONE;
    }

    @Command(name = "list", description = "Prints every project of the tenant, one JSON line each.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant) {
        new Administration(server.server()).printAll(PATH + Administration.of(tenant));
        return ExitCode.DONE;
    }

    @Command(
            name = "set",
            description = "Changes what is given, and prints the project; limits are exchanged as a whole.")
    int set(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--name", paramLabel = "NAME", description = "What it is called.") @Nullable String name,
            @Option(names = "--limit", paramLabel = "NAME=NUMBER", description = LIMIT_HELP) @Nullable
                    Map<String, Long> limits,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant) {
        var wanted = new JsonObject();
        if (name != null) {
            wanted.put("name", name);
        }
        putLimits(wanted, limits);
        new Administration(server.server()).print("PATCH", path(id, tenant), wanted);
        return ExitCode.DONE;
    }

    @Command(name = "delete", description = "Takes a project away with all its keys; its id is not given out again.")
    int delete(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant) {
        new Administration(server.server()).tell("DELETE", path(id, tenant));
        Console.ERR.println("Deleted " + id);
        return ExitCode.DONE;
    }

    private static void putLimits(JsonObject wanted, @Nullable Map<String, Long> limits) {
        if (limits != null) {
            var json = new JsonObject();
            limits.forEach(json::put);
            wanted.put("limits", json);
        }
    }

    private static String path(String id, @Nullable String tenant) {
        return PATH + "/" + Server.encoded(id) + Administration.of(tenant);
    }
}
