package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.servers.Http;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Publishes large events at a steady rate, one after the other, until it is closed. */
final class BulkPublisher implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;

    private final HttpClient client = Http.client();
    private final Thread thread;
    private volatile @Nullable String failure;
    private volatile boolean over;

    private BulkPublisher(HttpRequest request, int rate) {
        this.thread = Thread.ofVirtual().unstarted(() -> publish(request, rate));
    }

    static BulkPublisher start(URI url, String key, String topic, int payload, int rate) {
        String body = "{\"topic\":\"" + topic + "\",\"data\":\"" + "x".repeat(payload) + "\"}";
        HttpRequest request = Http.post(url.resolve("/v1/events"), key, body);
        BulkPublisher publisher = new BulkPublisher(request, rate);
        publisher.thread.start();
        return publisher;
    }

    private void publish(HttpRequest request, int rate) {
        try {
            for (long due = System.nanoTime(); !over; due += SECOND / rate) {
                LockSupport.parkNanos(due - System.nanoTime());
                int status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status != 201) {
                    failure = "a large event was answered with " + status;
                }
            }
        } catch (IOException e) {
            failure = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws IllegalStateException when an event was refused */
    void requireNoFailure() {
        String what = failure;
        if (what != null) {
            throw new IllegalStateException(what);
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join();
        client.close();
    }
}
