package dev.sandpiper.embed.topics;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls a node as an administrator of one project, who also publishes. */
final class RuleApi {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI http;
    private final String key;

    RuleApi(TestNode node, TestProject project) {
        this(node, project.key(Scope.ADMIN_READ, Scope.ADMIN_WRITE, Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE));
    }

    RuleApi(TestNode node, String key) {
        this.http = node.http();
        this.key = key;
    }

    String key() {
        return key;
    }

    Answer put(String pattern, String rule, String... headers) {
        return send(request(path(pattern), headers).PUT(BodyPublishers.ofString(rule)));
    }

    /** @param query with its question mark */
    Answer putWith(String query, String pattern, String rule) {
        return send(request(path(pattern) + query).PUT(BodyPublishers.ofString(rule)));
    }

    Answer get(String path) {
        return send(request(path));
    }

    Answer rule(String pattern) {
        return get(path(pattern));
    }

    Answer delete(String pattern, String... headers) {
        return send(request(path(pattern), headers).DELETE());
    }

    Answer publish(String event) {
        return send(request("/v1/events").POST(BodyPublishers.ofString(event)));
    }

    Answer batch(String events) {
        return send(request("/v1/events/batch").POST(BodyPublishers.ofString(events)));
    }

    static String path(String pattern) {
        return "/v1/topics/"
                + URLEncoder.encode(pattern, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("*", "%2A");
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(http.resolve(path))
                .timeout(Duration.ofSeconds(15))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json");
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("etag").orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** What came back. */
    record Answer(int status, String body, String etag) {
        JsonObject json() {
            return new JsonObject(body);
        }

        JsonObject error() {
            return json().getJsonObject("error");
        }

        String code() {
            return status < 400 ? "" : error().getString("code");
        }
    }
}
