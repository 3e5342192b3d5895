package dev.sandpiper.launcher.client;

import dev.sandpiper.audit.ExportVerifier;
import dev.sandpiper.audit.Verdict;
import dev.sandpiper.audit.VerifyingKey;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "audit",
        description =
                "Shows who changed what, and proves that nobody changed the trail; SANDPIPER_KEY needs admin:read.")
public final class AuditCommand {
    private static final String PATH = "/v1/admin/audit";
    private static final String TENANT_HELP =
            "Another tenant, or ~installation for what concerns the installation. For operators.";
    private static final String JSON_HELP = "JSON lines instead of a table.";
    private static final int PAGE = 200;

    @Command(name = "list", description = "Prints entries, the newest first.")
    int list(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant,
            @Option(
                            names = "--action",
                            paramLabel = "ACTION",
                            description = "Such as key.revoked, or the beginning of it followed by *.")
                    @Nullable
                    String action,
            @Option(names = "--actor", paramLabel = "ACTOR", description = "Such as key:0123456789abcdef, or key.")
                    @Nullable
                    String actor,
            @Option(
                            names = "--target",
                            paramLabel = "TARGET",
                            description = "Such as topic_rule:orders, or topic_rule.")
                    @Nullable
                    String target,
            @Option(names = "--from", paramLabel = "TIME", description = "Since then.") @Nullable String from,
            @Option(names = "--until", paramLabel = "TIME", description = "Before then.") @Nullable String until,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "Default: 50.") int limit,
            @Option(names = "--json", description = JSON_HELP) boolean json) {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, "tenant", tenant);
        put(query, "action", action);
        put(query, "actor", actor);
        put(query, "target", target);
        put(query, "from", from);
        put(query, "until", until);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TIME", "TENANT", "ACTION", "ACTOR", "TARGET", "ADDRESS"));
        int left = limit;
        String next = "";
        do {
            query.put("limit", Integer.toString(Math.min(left, PAGE)));
            JsonObject page = server.server().ask("GET", PATH + query(query), null);
            for (Object item : page.getJsonArray("items")) {
                JsonObject one = (JsonObject) item;
                left--;
                if (json) {
                    Console.OUT.println(one.encode());
                } else {
                    rows.add(row(one));
                }
            }
            next = page.getString("next", "");
            query.put("after", next);
        } while (left > 0 && !next.isEmpty());
        if (!json) {
            Columns.print(rows);
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "export",
            description = "Writes the whole trail of a tenant with everything that proves it, one JSON line each.")
    int export(
            @Mixin ServerOptions server,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant,
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "Default: standard output.") @Nullable
                    Path file) {
        Server target = server.server();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(target.address() + PATH + "/export" + query(of("tenant", tenant))))
                .header("Authorization", target.authorization())
                .build();
        try {
            HttpResponse<InputStream> response = target.http().send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new Answer(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8), 0)
                            .failure();
                }
                copy(body, file);
            }
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw target.unreachable();
        } catch (IOException e) {
            throw CommandFailure.of("The export broke off: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.of("Interrupted");
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "verify",
            description = {
                "Verifies a trail: that of the server, or, without any server, an export.",
                "",
                "Ends with 1 and names the first bad entry when something was changed."
            })
    int verify(
            @Mixin ServerOptions server,
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "An export. Default: ask the server.")
                    @Nullable
                    Path file,
            @Option(
                            names = "--public-key",
                            paramLabel = "KEY",
                            description = "A key that you noted earlier, as `audit keys` prints it; for an export.")
                    @Nullable
                    List<String> keys,
            @Option(names = "--tenant", paramLabel = "TENANT", description = TENANT_HELP) @Nullable String tenant,
            @Option(names = "--json", description = "One JSON line.") boolean json) {
        JsonObject verdict = file == null
                ? server.server().ask("GET", PATH + "/verify" + query(of("tenant", tenant)), null)
                : offline(file, keys == null ? List.of() : keys);
        tell(verdict, json);
        return verdict.getBoolean("valid") ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Command(name = "keys", description = "Prints the public keys that the trail is signed with. Note them elsewhere.")
    int keys(@Mixin ServerOptions server) {
        JsonArray items = server.server().ask("GET", PATH + "/keys", null).getJsonArray("items");
        for (int i = 0; i < items.size(); i++) {
            Console.OUT.println(items.getJsonObject(i).getString("public_key"));
        }
        return ExitCode.DONE;
    }

    private static void copy(InputStream body, @Nullable Path file) throws IOException {
        if (file == null) {
            body.transferTo(Console.OUT);
            Console.OUT.flush();
            return;
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            body.transferTo(out);
        }
    }

    private static JsonObject offline(Path file, List<String> keys) {
        ExportVerifier verifier;
        try {
            verifier = new ExportVerifier(keys.stream().map(VerifyingKey::parse).toList());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUse("--public-key must be a key as `./sandpiper audit keys` prints it");
        }
        Verdict verdict;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            verdict = verifier.verify(lines);
        } catch (IOException e) {
            throw CommandFailure.of("The file cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.of(String.valueOf(e.getMessage()));
        }
        if (keys.isEmpty()) {
            Console.ERR.println("sandpiper: believing the keys in the file, "
                    + verifier.keys().keySet() + "; give --public-key to be sure whose they are");
        }
        return verdict.json();
    }

    private static void tell(JsonObject verdict, boolean json) {
        if (json) {
            Console.OUT.println(verdict.encode());
            return;
        }
        String what = verdict.getString("chain") + ": " + verdict.getLong("entries") + " entries, "
                + verdict.getLong("first") + " to " + verdict.getLong("last")
                + "; a checkpoint vouches for those up to "
                + verdict.getLong("vouched");
        Console.OUT.println(what);
        if (verdict.getBoolean("valid")) {
            Console.OUT.println("Everything is as it was written.");
            return;
        }
        Console.OUT.println("The first bad entry is " + verdict.getLong("first_bad") + ".");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ENTRY", "KIND", "FINDING"));
        for (Object item : verdict.getJsonArray("findings")) {
            JsonObject finding = (JsonObject) item;
            rows.add(List.of(
                    String.valueOf(finding.getLong("seq")), finding.getString("kind"), finding.getString("message")));
        }
        Columns.print(rows);
    }

    private static List<String> row(JsonObject entry) {
        return List.of(
                entry.getString("time", ""),
                entry.getString("tenant", ""),
                entry.getString("action", ""),
                named(entry.getJsonObject("actor")),
                named(entry.getJsonObject("target")),
                entry.getString("address", ""));
    }

    private static String named(@Nullable JsonObject one) {
        if (one == null) {
            return "";
        }
        String id = one.getString("id", "");
        return one.getString("kind", "") + (id.isEmpty() ? "" : ":" + id);
    }

    private static Map<String, String> of(String name, @Nullable String value) {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, name, value);
        return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }

    private static String query(Map<String, String> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet().stream()
                        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "?", ""));
    }
}
