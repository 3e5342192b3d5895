package dev.sandpiper.embed.sockets;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads an event stream line by line, as it stands on the wire. */
final class SseReader implements AutoCloseable {
    /** One event, or a comment or {@code retry} line on its own, in which case there is no data. */
    record Event(
            @Nullable String id,
            @Nullable String type,
            @Nullable String data,
            boolean comment,
            @Nullable String retry) {
        JsonObject json() {
            return new JsonObject(data == null ? "{}" : data);
        }
    }

    private final HttpClient client;
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private SseReader(HttpClient client, HttpRequest request) {
        this.client = client;
        try {
            this.response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** @param headers names and values */
    static SseReader open(
            TestNode node, @Nullable String key, HttpClient.Version version, String query, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.http() + "/v1/sse?" + query));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new SseReader(HttpClient.newBuilder().version(version).build(), request.build());
    }

    static SseReader open(TestNode node, String key, String query, String... headers) {
        return open(node, key, HttpClient.Version.HTTP_1_1, query, headers);
    }

    /** Subscribed, and past what is said about that. */
    static SseReader subscribed(TestNode node, String key, String query) {
        SseReader reader = open(node, key, query);
        JsonObject frame = reader.next("subscribed").json();
        if (!"subscribed".equals(frame.getString("type"))) {
            throw new AssertionError(frame.encode());
        }
        return reader;
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    String rest() {
        try {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next event of a type. */
    Event next(String type) {
        while (true) {
            Event event = next();
            if (event == null) {
                throw new AssertionError("the stream has ended");
            }
            if (type.equals(event.type())) {
                return event;
            }
        }
    }

    /** The next block of lines; null at the end. */
    @Nullable
    Event next() {
        String id = null;
        String type = null;
        String data = null;
        String retry = null;
        boolean comment = false;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    return new Event(id, type, data, comment, retry);
                }
                if (line.startsWith(":")) {
                    comment = true;
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.startsWith("retry: ")) {
                    retry = line.substring(7);
                } else {
                    throw new AssertionError("no line of an event stream: " + line);
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
