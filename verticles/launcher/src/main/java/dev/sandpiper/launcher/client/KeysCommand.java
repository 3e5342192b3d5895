package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "keys",
        description =
                "Makes, lists, changes, rotates and revokes API keys; SANDPIPER_KEY needs the scope admin:write or admin:read.")
public final class KeysCommand {
    private static final String PATH = "/v1/admin/keys";
    private static final String TENANT_HELP = "Another tenant, for operators.";

    /** Where and what a key is good for; each is unlimited unless it is given. */
    static final class Restrictions {
        @Option(
                names = "--publish",
                split = ",",
                paramLabel = "PATTERN",
                description = "Topics it may publish to, such as orders or orders*.")
        @Nullable
        List<String> publish;

        @Option(names = "--subscribe", split = ",", paramLabel = "PATTERN", description = "Topics it may read.")
        @Nullable
        List<String> subscribe;

        @Option(names = "--rate", paramLabel = "NUMBER", description = "Requests and frames in a second.")
        @Nullable
        Integer rate;

        @Option(
                names = "--addresses",
                split = ",",
                paramLabel = "RANGE",
                description = "Where it may be used from, such as 10.0.0.0/8.")
        @Nullable
        List<String> addresses;

        @Option(
                names = "--origins",
                split = ",",
                paramLabel = "ORIGIN",
                description = "Pages it may be used by, such as https://example.com.")
        @Nullable
        List<String> origins;

        @Option(
                names = "--expires-at",
                paramLabel = "TIME",
                description = "Such as 2027-01-31T00:00:00Z. Default: never.")
        @Nullable
        String expiresAt;

        void put(JsonObject wanted) {
            var topics = new JsonObject();
            put(topics, "publish", publish);
            put(topics, "subscribe", subscribe);
            if (!topics.isEmpty()) {
                wanted.put("topics", topics);
            }
            if (rate != null) {
                wanted.put("rate_limit_per_sec", rate);
            }
            put(wanted, "allowed_addresses", addresses);
            put(wanted, "allowed_origins", origins);
            if (expiresAt != null) {
                wanted.put("expires_at", expiresAt);
            }
        }

        private static void put(JsonObject object, String name, @Nullable List<String> texts) {
            if (texts != null) {
                object.put(name, new JsonArray(texts));
            }
        }
    }

    @Command(
            name = "create",
            description = "Makes a key and prints it with its id, one JSON line. The key is shown this once.")
    int create(
            @Mixin ServerOptions server,
            @Option(names = "--name", paramLabel = "NAME", required = true, description = "What the key is for.")
                    String name,
            @Option(
                            names = "--scopes",
                            split = ",",
                            paramLabel = "SCOPE",
                            defaultValue = "events:publish,events:subscribe",
                            description = "Separated by commas. Default: ${DEFAULT-VALUE}.")
                    List<String> scopes,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Default: the project of your own key.")
                    @Nullable
                    String project,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant,
            @ArgGroup(exclusive = false) @Nullable Restrictions restrictions) {
        JsonObject wanted = new JsonObject().put("name", name).put("scopes", new JsonArray(scopes));
        if (project != null) {
            wanted.put("project", project);
        }
        if (tenant != null) {
            wanted.put("tenant", tenant);
        }
        if (restrictions != null) {
            restrictions.put(wanted);
        }
        new Administration(server.server()).print("POST", PATH, wanted);
        return ExitCode.DONE;
    }

    @Command(name = "list", description = "Prints every key of the tenant, one JSON line each; never the key itself.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Only those of one project.") @Nullable
                    String project,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant) {
        String of = Administration.of(tenant);
        String only = project == null ? "" : (of.isEmpty() ? "?" : "&") + "project=" + Server.encoded(project);
        new Administration(server.server()).printAll(PATH + of + only);
        return ExitCode.DONE;
    }

    @Command(
            name = "set",
            description =
                    "Changes what is given, and prints the key. What it loses, its open connections lose at once.")
    int set(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID", description = "As list prints it.") String id,
            @Option(names = "--name", paramLabel = "NAME", description = "What the key is for.") @Nullable String name,
            @Option(names = "--scopes", split = ",", paramLabel = "SCOPE", description = "Separated by commas.")
                    @Nullable
                    List<String> scopes,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant,
            @ArgGroup(exclusive = false) @Nullable Restrictions restrictions) {
        var wanted = new JsonObject();
        if (name != null) {
            wanted.put("name", name);
        }
        if (scopes != null) {
            wanted.put("scopes", new JsonArray(scopes));
        }
        if (restrictions != null) {
            restrictions.put(wanted);
        }
        new Administration(server.server()).print("PATCH", path(id) + Administration.of(tenant), wanted);
        return ExitCode.DONE;
    }

    @Command(
            name = "rotate",
            description =
                    "Makes a key in the place of another, which works until its grace is over; prints the new one.")
    int rotate(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID", description = "As list prints it.") String id,
            @Option(
                            names = "--grace",
                            paramLabel = "SECONDS",
                            defaultValue = "86400",
                            description = "How long the old key still works. Default: a day.")
                    long grace,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant) {
        new Administration(server.server())
                .print(
                        "POST",
                        path(id) + "/rotate" + Administration.of(tenant),
                        new JsonObject().put("grace_seconds", grace));
        return ExitCode.DONE;
    }

    @Command(name = "revoke", description = "Takes keys away for good, everywhere within a second.")
    int revoke(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant,
            @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of keys, as list prints them.")
                    List<String> ids) {
        var administration = new Administration(server.server());
        for (String id : ids) {
            administration.tell("DELETE", path(id) + Administration.of(tenant));
            Console.ERR.println("Revoked " + id);
        }
        return ExitCode.DONE;
    }

    @Command(name = "whoami", description = "Prints whose key SANDPIPER_KEY is, and what it may do.")
    int whoami(@Mixin ServerOptions server) {
        new Administration(server.server()).print("GET", "/v1/admin/whoami", null);
        return ExitCode.DONE;
    }

    private static String path(String id) {
        return PATH + "/" + Server.encoded(id);
    }
}
