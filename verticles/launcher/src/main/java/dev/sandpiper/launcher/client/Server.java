package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Sandpiper server's REST API, as somebody. */
final class Server {
    private static final int PAGE = 100;

    private final URI address;
    private final String key;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    Server(URI address, String key) {
        this.address = address;
        this.key = key;
    }

    HttpClient http() {
        return http;
    }

    String authorization() {
        return "Bearer " + key;
    }

    URI address() {
        return address;
    }

    URI webSocket() {
        return URI.create(address.toString().replaceFirst("^http", "ws") + "/v1/ws");
    }

    /**
     * @param body empty for none
     * @param headers further ones, names and values in turns
     * @throws CommandFailure when the server cannot be reached
     */
    Answer request(String method, String path, String contentType, byte[] body, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", authorization())
                .header("Content-Type", contentType)
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        HttpRequest request = (headers.length == 0 ? builder : builder.headers(headers)).build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            long retryAfter = response.headers().firstValueAsLong("Retry-After").orElse(0);
            return new Answer(response.statusCode(), response.body(), retryAfter);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw unreachable();
        } catch (IOException e) {
            throw CommandFailure.of(
                    "The connection to " + address + " broke: " + e.getMessage() + "; the outcome is unknown");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.of("Interrupted");
        }
    }

    /**
     * Asks for what is answered with a JSON object.
     *
     * @param body null for none
     * @return empty when the answer is
     * @throws CommandFailure also when the server refuses, with what it says
     */
    JsonObject ask(String method, String path, @Nullable JsonObject body) {
        byte[] bytes = body == null ? new byte[0] : body.encode().getBytes(StandardCharsets.UTF_8);
        Answer answer = request(method, path, "application/json", bytes);
        if (!answer.succeeded()) {
            throw answer.failure();
        }
        return answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
    }

    /**
     * Every item of a list that comes in pages.
     *
     * @param path with a query, or none
     */
    List<JsonObject> all(String path) {
        List<JsonObject> items = new ArrayList<>();
        each(path, items::add);
        return items;
    }

    /** Likewise, one after the other. */
    void each(String path, Consumer<JsonObject> consumer) {
        String first = path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
        String after = null;
        do {
            JsonObject page = ask("GET", after == null ? first : first + "&after=" + encoded(after), null);
            JsonArray found = page.getJsonArray("items");
            for (int i = 0; i < found.size(); i++) {
                consumer.accept(found.getJsonObject(i));
            }
            after = page.getString("next");
        } while (after != null);
    }

    /** For a path or a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    CommandFailure unreachable() {
        return CommandFailure.of("Nothing answers at " + address
                + "; start a server with `./sandpiper dev`, or set SANDPIPER_URL to one that runs");
    }

    /** @param retryAfterSeconds 0 when the server did not say */
    record Answer(int status, String body, long retryAfterSeconds) {
        boolean succeeded() {
            return status / 100 == 2;
        }

        /** Whether the same request may succeed later. */
        boolean isTemporary() {
            return status == 429 || status == 503;
        }

        /** As a sentence. */
        CommandFailure failure() {
            return CommandFailure.of(describe());
        }

        String describe() {
            try {
                JsonObject error = new JsonObject(body).getJsonObject("error");
                if (error != null) {
                    return describe(error);
                }
            } catch (DecodeException | ClassCastException e) {
                return "What answers is no Sandpiper server: it said HTTP " + status;
            }
            return "The server answered with HTTP " + status;
        }

        static String describe(JsonObject error) {
            String requestId = error.getString("request_id");
            return error.getString("message") + " (" + error.getString("code")
                    + (requestId == null ? ")" : ", request " + requestId + ")");
        }
    }
}
