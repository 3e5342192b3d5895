package dev.sandpiper.testkit.clients;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls one of several servers with JSON, and the next one when that cannot be reached or says that it cannot now. */
final class JsonCalls {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 20_000_000;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final List<URI> servers;
    private final String key;

    JsonCalls(List<URI> servers, String key) {
        this.servers = List.copyOf(servers);
        this.key = key;
    }

    /** @param server counted from 0; the rest of a division by their number counts */
    HttpRequest.Builder request(int server, String path) {
        return HttpRequest.newBuilder(
                        servers.get(Math.floorMod(server, servers.size())).resolve(path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json");
    }

    /** Once; null when there is no answer, so that nobody knows what became of it. */
    @Nullable
    Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.body(), false);
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Until a server answers anything but 503. */
    Answer insist(int first, String path, String json, String... headers) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int server = first; System.nanoTime() - deadline < 0; server++) {
            HttpRequest.Builder request = request(server, path).POST(BodyPublishers.ofString(json));
            Answer answer = send((headers.length == 0 ? request : request.headers(headers)).build());
            if (answer != null && answer.status() != 503) {
                return answer;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError("nobody answers " + path + " " + json);
    }
}
