package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "issuers",
        description =
                "Says who vouches for the users of a project; SANDPIPER_KEY needs the scope admin:write or admin:read.")
public final class IssuersCommand {
    private static final String PATH = "/v1/admin/issuers";
    private static final String JSON = "application/json";

    @Command(
            name = "create",
            description =
                    "Adds an issuer and prints it, one JSON line; with the secret, this once, when the server made it.")
    int create(
            @Mixin ServerOptions server,
            @Option(names = "--type", paramLabel = "TYPE", required = true, description = "secret, jwks or handler.")
                    String type,
            @Option(names = "--issuer", paramLabel = "ISS", required = true, description = "What tokens have as iss.")
                    String issuer,
            @Option(
                            names = "--endpoint",
                            paramLabel = "URL",
                            description = "Where its keys are, or where tokens are checked.")
                    @Nullable
                    String url,
            @Option(
                            names = "--audience",
                            paramLabel = "AUD",
                            description = "What tokens have among aud. Default: sandpiper:TENANT/PROJECT.")
                    @Nullable
                    String audience,
            @Option(
                            names = "--secret-file",
                            paramLabel = "FILE",
                            description = "With the secret, at least 32 bytes. Default: the server makes one.")
                    @Nullable
                    Path secret,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Default: the project of your own key.")
                    @Nullable
                    String project,
            @Mixin Grants grants) {
        JsonObject wanted = new JsonObject().put("type", type).put("issuer", issuer);
        put(wanted, "url", url);
        put(wanted, "audience", audience);
        put(wanted, "project", project);
        put(wanted, "secret", secret == null ? null : read(secret));
        grants.put(wanted);
        new Administration(server.server()).print("POST", PATH, wanted);
        return ExitCode.DONE;
    }

    @Command(name = "list", description = "Prints the issuers of a project, one JSON line each; never their secrets.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Default: the project of your own key.")
                    @Nullable
                    String project) {
        String query = project == null ? "" : "?project=" + Server.encoded(project);
        // All of them: they are few.
        JsonArray items = server.server().ask("GET", PATH + query, null).getJsonArray("items");
        for (int i = 0; i < items.size(); i++) {
            Console.OUT.println(items.getJsonObject(i).encode());
        }
        return ExitCode.DONE;
    }

    @Command(name = "change", description = "Changes what the users of an issuer may do, and prints it, one JSON line.")
    int change(
            @Mixin ServerOptions server,
            @Parameters(paramLabel = "ID", description = "As list prints it.") String id,
            @Mixin Grants grants) {
        JsonObject change = new JsonObject();
        grants.put(change);
        new Administration(server.server()).print("PATCH", PATH + "/" + Server.encoded(id), change);
        return ExitCode.DONE;
    }

    @Command(name = "delete", description = "Ends issuers; their users are cut off everywhere within a second.")
    int delete(
            @Mixin ServerOptions server,
            @Parameters(arity = "1..*", paramLabel = "ID", description = "As list prints them.") List<String> ids) {
        Server target = server.server();
        for (String id : ids) {
            target.ask("DELETE", PATH + "/" + Server.encoded(id), null);
            Console.ERR.println("Deleted " + id);
        }
        return ExitCode.DONE;
    }

    /** What users may do at most, or when their tokens do not say. */
    static final class Grants {
        @Option(
                names = "--scopes",
                split = ",",
                paramLabel = "SCOPE",
                description = "The most that users get, separated by commas. Default: events:publish,events:subscribe.")
        @Nullable
        List<String> scopes;

        @Option(
                names = "--channels",
                paramLabel = "JSON",
                description =
                        "For users whose tokens do not say, such as '{\"chat:*\":[\"subscribe\",\"publish\"]}'. Default: none.")
        @Nullable
        String channels;

        @Option(
                names = "--leeway",
                paramLabel = "SECONDS",
                description = "By which clocks may differ, 0 to 300. Default: 30.")
        @Nullable
        Integer leeway;

        void put(JsonObject body) {
            if (scopes != null) {
                body.put("scopes", new JsonArray(scopes));
            }
            if (leeway != null) {
                body.put("leeway_seconds", leeway);
            }
            if (channels != null) {
                try {
                    body.put("channels", new JsonObject(channels));
                } catch (DecodeException e) {
                    throw CommandFailure.of("--channels is no JSON object");
                }
            }
        }
    }

    private static void put(JsonObject body, String member, @Nullable String value) {
        if (value != null) {
            body.put(member, value);
        }
    }

    /** Without the end of its line, which editors add. */
    static String read(Path file) {
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException e) {
            throw CommandFailure.of("Cannot read " + file + ": " + e.getMessage());
        }
    }
}
