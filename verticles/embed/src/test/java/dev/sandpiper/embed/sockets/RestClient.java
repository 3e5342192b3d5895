package dev.sandpiper.embed.sockets;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What sockets need beside them: publishing, polling, tickets. */
final class RestClient {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final TestNode node;
    private final String key;

    RestClient(TestNode node, String key) {
        this.node = node;
        this.key = key;
    }

    /** @return the receipt */
    JsonObject publish(String topic, Object data) {
        var body = new JsonObject().put("topic", topic).put("data", data);
        HttpResponse<String> answer = send(request("/v1/events")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build());
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return new JsonObject(answer.body());
    }

    HttpResponse<String> poll(String query) {
        return send(request("/v1/poll?" + query).build());
    }

    /** A poll that must succeed. */
    JsonObject polled(String topics, @Nullable String since, int timeout) {
        HttpResponse<String> answer =
                poll("topics=" + encode(topics) + (since == null ? "" : "&since=" + since) + "&timeout=" + timeout);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return new JsonObject(answer.body());
    }

    String ticket() {
        HttpResponse<String> answer = send(
                request("/v1/tickets").POST(HttpRequest.BodyPublishers.noBody()).build());
        return new JsonObject(answer.body()).getString("ticket");
    }

    HttpResponse<String> get(String path) {
        return send(request(path).build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(node.http() + path)).header("Authorization", "Bearer " + key);
    }

    static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
