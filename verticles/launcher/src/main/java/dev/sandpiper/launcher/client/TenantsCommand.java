package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tenants",
        description =
                "Makes, lists, changes, suspends and resumes tenants; SANDPIPER_KEY needs the scope platform:operate.")
public final class TenantsCommand {
    private static final String PATH = "/v1/admin/tenants";

    @Command(name = "create", description = "Makes a tenant and prints it, one JSON line.")
    int create(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "NAME", description = "What it is called.") String name,
            @Option(names = "--id", paramLabel = "ID", description = "Default: made of the name.") @Nullable String id,
            @Option(names = "--plan", paramLabel = "PLAN", defaultValue = "free", description = "Default: free.")
                    String plan) {
        var wanted = new JsonObject().put("name", name).put("plan", plan);
        if (id != null) {
            wanted.put("id", id);
        }
        new Administration(server.server()).print("POST", PATH, wanted);
        return ExitCode.DONE;
    }

    @Command(name = "list", description = "Prints every tenant, one JSON line each.")
    int list(@Mixin ServerOptions server) {
        new Administration(server.server()).printAll(PATH);
        return ExitCode.DONE;
    }

    @Command(name = "show", description = "Prints one tenant; admin:read is enough for your own.")
    int show(@Mixin ServerOptions server, @Parameters(paramLabel = "ID") String id) {
        new Administration(server.server()).print("GET", path(id), null);
        return ExitCode.DONE;
    }

    @Command(name = "set", description = "Changes what is given, and prints the tenant.")
    int set(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--name", paramLabel = "NAME", description = "What it is called.") @Nullable String name,
            @Option(names = "--plan", paramLabel = "PLAN", description = "Its plan.") @Nullable String plan,
            @Option(names = "--status", paramLabel = "STATUS", description = "active, trial or past_due.") @Nullable
                    String status) {
        var wanted = new JsonObject();
        if (name != null) {
            wanted.put("name", name);
        }
        if (plan != null) {
            wanted.put("plan", plan);
        }
        if (status != null) {
            wanted.put("status", status);
        }
        new Administration(server.server()).print("PATCH", path(id), wanted);
        return ExitCode.DONE;
    }

    @Command(
            name = "suspend",
            description = "Stops serving a tenant everywhere at once; comes back when every node does so.")
    int suspend(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID") String id,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            required = true,
                            description = "Why; the tenant can read it.")
                    String reason) {
        new Administration(server.server())
                .print("POST", path(id) + "/suspend", new JsonObject().put("reason", reason));
        return ExitCode.DONE;
    }

    @Command(name = "resume", description = "Serves a suspended tenant again.")
    int resume(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Why.") @Nullable String reason) {
        var wanted = new JsonObject();
        if (reason != null) {
            wanted.put("reason", reason);
        }
        new Administration(server.server()).print("POST", path(id) + "/resume", wanted);
        return ExitCode.DONE;
    }

    private static String path(String id) {
        return PATH + "/" + Server.encoded(id);
    }
}
