package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Answer;
import dev.sandpiper.testkit.clients.KeepAlive;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Asks a node one thing at a time. */
final class Probe {
    private static final String PUBLISH = "{\"topic\":\"probe\",\"data\":1}";

    private final TestNode node;

    Probe(TestNode node) {
        this.node = node;
    }

    Answer publish(String key) throws IOException {
        return post("/v1/events", PUBLISH, key);
    }

    /** Something that needs a key and no event store. */
    Answer ticket(String key) throws IOException {
        return post("/v1/tickets", "", key);
    }

    Answer history(String key) throws IOException {
        return get(node.http(), "/v1/events?topic=probe", key);
    }

    /** Asserts that such requests are answered at once that they cannot be served now. */
    void refuses(Request request) throws IOException {
        long begun = System.nanoTime();
        Answer answer = request.ask();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Story.ANSWER);
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.text("code")).isNotEmpty();
    }

    /** Waits until such requests are answered as wanted again. */
    void recovers(int status, Request request) {
        Eventually.await(
                "answered " + status, Story.PATIENCE, () -> request.ask().status() == status);
    }

    /** Waits until the node says so. */
    void awaitReady(boolean ready) {
        Eventually.await("ready is " + ready, Story.PATIENCE, () -> readiness().status() == (ready ? 200 : 503));
    }

    Answer readiness() throws IOException {
        return get(node.management(), "/health/ready", "");
    }

    Answer liveness() throws IOException {
        return get(node.management(), "/health/live", "");
    }

    /** What {@link #refuses} and {@link #recovers} ask. */
    @FunctionalInterface
    interface Request {
        Answer ask() throws IOException;
    }

    private Answer post(String path, String json, String key) throws IOException {
        try (var client = new KeepAlive(node.http(), key, Story.PATIENCE)) {
            return client.post(path, json);
        }
    }

    private static Answer get(URI server, String path, String key) throws IOException {
        try (var client = new KeepAlive(server, key, Story.PATIENCE)) {
            return client.get(path);
        }
    }
}
