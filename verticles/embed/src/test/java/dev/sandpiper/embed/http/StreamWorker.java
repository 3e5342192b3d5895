package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker of a durable consumer on a stream of server-sent events. */
final class StreamWorker implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 15_000;
    private static final JsonObject END = new JsonObject();

    private final HttpClient client;
    private final HttpResponse<InputStream> response;
    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();

    private StreamWorker(TestNode node, String key, String consumer, int credit, HttpClient.Version version) {
        client = HttpClient.newBuilder().version(version).build();
        try {
            response = client.send(
                    new Api(node, key)
                            .request("/v1/consumers/" + consumer + "/stream?credit=" + credit)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
        Thread.ofVirtual().start(this::read);
    }

    /** Working already. */
    static StreamWorker of(TestNode node, String key, String consumer, int credit, HttpClient.Version version) {
        var worker = new StreamWorker(node, key, consumer, credit, version);
        JsonObject consuming = worker.next("consuming");
        assertThat(consuming.getString("consumer")).isEqualTo(consumer);
        assertThat(consuming.getInteger("credit")).isEqualTo(credit);
        return worker;
    }

    static StreamWorker of(TestNode node, String key, String consumer, int credit) {
        return of(node, key, consumer, credit, HttpClient.Version.HTTP_1_1);
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String event = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    JsonObject frame = new JsonObject(line.substring(6));
                    assertThat(frame.getString("type")).isEqualTo(event);
                    frames.add(frame);
                }
            }
        } catch (IOException e) {
            // Closed by this side: an end as any other.
            frames.add(END);
            return;
        }
        frames.add(END);
    }

    /** The next frame, which must be of this type. */
    JsonObject next(String type) {
        JsonObject frame = poll(PATIENCE_MILLIS);
        assertThat(frame).as("a frame of type %s", type).isNotNull();
        assertThat(frame.getString("type")).as(frame.encode()).isEqualTo(type);
        return frame;
    }

    void hearsNothing(long millis) {
        assertThat(poll(millis)).isNull();
    }

    void hasEnded() {
        assertThat(poll(PATIENCE_MILLIS)).isSameAs(END);
    }

    private @Nullable JsonObject poll(long millis) {
        try {
            return frames.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
