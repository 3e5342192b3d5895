package dev.sandpiper.perf;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Publishes on a schedule: an event's send time is when it was due, whatever the server did to those before it. */
final class PacedPublisher implements AutoCloseable {
    private static final String PADDING = "x".repeat(70);
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI events;
    private final String key;
    private final String topic;
    private long count;

    PacedPublisher(URI server, String key, String topic) {
        this.events = server.resolve("/v1/events");
        this.key = key;
        this.topic = topic;
    }

    /**
     * Publishes one after the other, so that their order is known. Returns when the last was acknowledged and had time to
     * arrive.
     */
    void publish(int number, int perSecond) throws IOException, InterruptedException {
        long gap = 1_000_000_000L / perSecond;
        long due = System.nanoTime();
        for (int i = 0; i < number; i++, due += gap) {
            waitUntil(due);
            String body = "{\"topic\":\"" + topic + "\",\"data\":{\"sent\":" + due + ",\"count\":" + count++
                    + ",\"pad\":\"" + PADDING + "\"}}";
            HttpRequest request = HttpRequest.newBuilder(events)
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 201) {
                throw new IOException("an event was answered with " + status);
            }
        }
        waitUntil(System.nanoTime() + SETTLING.toNanos());
    }

    private static void waitUntil(long time) {
        while (System.nanoTime() < time) {
            LockSupport.parkNanos(time - System.nanoTime());
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
