package dev.sandpiper.perf;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

    /** Returns when the last event was acknowledged and had time to arrive. */
    void publish(int number, int perSecond) throws IOException {
        List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>(number);
        long gap = 1_000_000_000L / perSecond;
        long due = System.nanoTime();
        for (int i = 0; i < number; i++, due += gap) {
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            String body = "{\"topic\":\"" + topic + "\",\"data\":{\"sent\":" + due + ",\"count\":" + count++
                    + ",\"pad\":\"" + PADDING + "\"}}";
            HttpRequest request = HttpRequest.newBuilder(events)
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            answers.add(http.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
        }
        for (CompletableFuture<HttpResponse<Void>> answer : answers) {
            int status = answer.join().statusCode();
            if (status != 201) {
                throw new IOException("an event was answered with " + status);
            }
        }
        long settled = System.nanoTime() + SETTLING.toNanos();
        while (System.nanoTime() < settled) {
            LockSupport.parkNanos(settled - System.nanoTime());
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
