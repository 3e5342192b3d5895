package dev.sandpiper.perf.servers;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;

/** Requests that end: by HTTP/1.1 without an upgrade, and within a time. */
public final class Http {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Http() {}

    public static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
    }

    public static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(PATIENCE);
    }

    /** With a JSON body, as the owner of a key. */
    public static HttpRequest post(URI uri, String key, String body) {
        return request(uri)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
