package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One request after the other, each continuing where the last one broke off, until the export is whole. */
final class ExportSession {
    /** In a row, without a single event in between. */
    private static final int ATTEMPTS = 10;

    private final Server server;
    private final Map<String, String> query;
    private final PrintStream out;
    private final Progress progress = new Progress("events");
    private volatile @Nullable String cursor;

    /** @param query parameters; where the next request begins replaces {@code since} and {@code from} */
    ExportSession(Server server, Map<String, String> query, PrintStream out) {
        this.server = server;
        this.query = query;
        this.out = out;
        this.cursor = query.get("since");
    }

    /** @throws CommandFailure when the server refuses, or cannot be reached for long */
    void run() throws InterruptedException {
        int failures = 0;
        while (true) {
            String before = cursor;
            String fault = attempt();
            if (fault.isEmpty()) {
                progress.end();
                tellWhereToGoOn();
                return;
            }
            String now = cursor;
            failures = now == null || now.equals(before) ? failures + 1 : 1;
            if (failures >= ATTEMPTS) {
                tellWhereToGoOn();
                throw CommandFailure.of("The export broke off: " + fault);
            }
            Console.ERR.println("sandpiper: " + fault + "; coming back");
            long millis = Math.min(100L << failures, 5_000);
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
        }
    }

    /** Also for an export that is interrupted. */
    void tellWhereToGoOn() {
        String last = cursor;
        if (last != null) {
            Console.ERR.println("sandpiper: " + progress.count() + " events; go on with --since " + last);
        }
    }

    /** @return why the export is not whole; empty when it is */
    private String attempt() throws InterruptedException {
        try {
            HttpResponse<InputStream> response = server.http().send(request(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    return refused(response, body);
                }
                boolean compressed = response.headers()
                        .firstValue("Content-Encoding")
                        .orElse("")
                        .equals("gzip");
                return copy(compressed ? new GZIPInputStream(body) : body) ? "" : "the export is not whole";
            }
        } catch (ConnectException | HttpConnectTimeoutException e) {
            if (progress.count() == 0) {
                throw server.unreachable();
            }
            return "the server is out of reach";
        } catch (IOException e) {
            return "the connection broke: " + e.getMessage();
        }
    }

    private HttpRequest request() {
        String last = cursor;
        if (last != null) {
            query.remove("from");
            query.put("since", last);
        }
        String parameters = query.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(URI.create(server.address() + "/v1/export?" + parameters))
                .header("Authorization", server.authorization())
                .header("Accept-Encoding", "gzip")
                .build();
    }

    private static String refused(HttpResponse<InputStream> response, InputStream body) throws IOException {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        var answer = new Server.Answer(response.statusCode(), text, 0);
        if (!answer.isTemporary()) {
            throw answer.failure();
        }
        return answer.describe();
    }

    /** @return whether the line came that says that this is all */
    private boolean copy(InputStream from) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            var json = new JsonObject(line);
            String type = json.getString("type", "");
            String position = json.getString("cursor");
            if (type.equals("message")) {
                out.println(line);
                progress.add(1);
            } else if (type.equals("gap")) {
                Console.ERR.println("sandpiper: events are missing here: " + json.getString("reason"));
            }
            if (position != null) {
                cursor = position;
            }
            if (type.equals("end")) {
                return true;
            }
        }
        return false;
    }
}
