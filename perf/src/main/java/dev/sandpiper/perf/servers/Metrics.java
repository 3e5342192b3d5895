package dev.sandpiper.perf.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A node's {@code /metrics}. */
public final class Metrics implements AutoCloseable {
    private final HttpClient client = Http.client();
    private final HttpRequest request;

    public Metrics(DevServer.Node node) {
        this.request = Http.request(URI.create(node.management() + "/metrics")).build();
    }

    /** Of a metric, over all of its tags; 0 when it is not there. */
    public double sum(String name) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
