package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongPollTest {
    private static final TestNode NODE = TestNode.shared();

    private final TestProject project = NODE.createProject();
    private final RestClient rest = new RestClient(NODE, project.key());

    @Test
    void aBacklogIsAnsweredAtOnce() {
        String start = rest.publish("a", 0).getString("cursor");
        rest.publish("a", 1);
        rest.publish("b", 2);
        long begin = System.nanoTime();
        List<Integer> received = new ArrayList<>();
        String cursor = start;
        while (received.size() < 2) {
            JsonObject answer = rest.polled("a,b", cursor, 30);
            assertThat(answer.getBoolean("recovered")).isTrue();
            received.addAll(data(answer));
            cursor = answer.getString("cursor");
        }
        assertThat(received).containsExactly(1, 2);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void withoutABacklogItWaitsForTheFirstEvent() {
        String cursor = rest.polled("a", null, 0).getString("cursor");
        var waiting = CompletableFuture.supplyAsync(() -> rest.polled("a", cursor, 30));
        Eventually.await("the poll waits", () -> Gauges.connections(NODE, "poll") > 0);
        rest.publish("a", 5);
        assertThat(data(waiting.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                        .join()))
                .containsExactly(5);
    }

    @Test
    void whenTimeIsUpTheAnswerIsEmptyAndTheCursorHasMovedOn() {
        String start = rest.publish("quiet", 0).getString("cursor");
        // Somebody on this node listens to a topic on which something happens.
        rest.polled("busy", null, 0);
        for (int i = 0; i < 5; i++) {
            rest.publish("busy", i);
        }
        JsonObject answer = rest.polled("quiet", start, 1);
        assertThat(answer.getJsonArray("messages")).isEmpty();
        assertThat(answer.getString("cursor")).isNotEqualTo(start);
        String moved = Eventually.get(
                "the cursor moves past the other topic's events",
                Eventually.PATIENCE,
                () -> rest.polled("quiet", start, 0).getString("cursor"),
                cursor ->
                        rest.polled("busy", cursor, 0).getJsonArray("messages").isEmpty());
        // And not past any of its own.
        rest.publish("quiet", 1);
        assertThat(data(rest.polled("quiet", moved, 10))).containsExactly(1);
    }

    @Test
    void nothingIsLostBetweenPolls() {
        String cursor = rest.polled("a,b", null, 0).getString("cursor");
        var publishing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                rest.publish(i % 3 == 0 ? "b" : "a", i);
            }
        });
        List<Integer> received = new ArrayList<>();
        while (received.size() < 300) {
            JsonObject answer = rest.polled("a,b", cursor, 10);
            received.addAll(data(answer));
            cursor = answer.getString("cursor");
        }
        publishing.join();
        assertThat(received).hasSize(300).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void anAnswerIsBounded() {
        String cursor = rest.polled("large", null, 0).getString("cursor");
        for (int i = 0; i < 12; i++) {
            rest.publish("large", i + "x".repeat(100_000));
        }
        List<String> received = new ArrayList<>();
        int answers = 0;
        while (received.size() < 12) {
            JsonObject answer = rest.polled("large", cursor, 10);
            assertThat(answer.encode().length()).isLessThan(1_200_000);
            answer.getJsonArray("messages").forEach(m -> received.add(((JsonObject) m).getString("data")));
            cursor = answer.getString("cursor");
            answers++;
        }
        assertThat(answers).isGreaterThan(1);
        for (int i = 0; i < 12; i++) {
            assertThat(received.get(i)).startsWith(i + "x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "61", "1.5", "soon", "99999999999"})
    void aTimeoutOutOfRangeIsRefused(String timeout) {
        var answer = rest.poll("topics=a&timeout=" + timeout);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(SseTest.code(answer.body())).isEqualTo("INVALID_PARAMETER");
    }

    @Test
    void aPollMayBeginAtATime() {
        rest.publish("a", 1);
        var answer = rest.poll("topics=a&from=2026-01-01T00:00:00Z");
        assertThat(data(new JsonObject(answer.body()))).containsExactly(1);
    }

    @Test
    void aClientThatLeavesIsForgotten() throws IOException {
        int before = Gauges.connections(NODE, "poll");
        try (Socket socket = new Socket(NODE.http().getHost(), NODE.http().getPort())) {
            socket.getOutputStream()
                    .write(("GET /v1/poll?topics=a&timeout=60 HTTP/1.1\r\nHost: a\r\nX-API-Key: " + project.key()
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Eventually.await("the poll waits", () -> Gauges.connections(NODE, "poll") == before + 1);
        }
        Eventually.await("the poll is gone", () -> Gauges.connections(NODE, "poll") == before);
    }

    private static List<Integer> data(JsonObject answer) {
        JsonArray messages = answer.getJsonArray("messages");
        return messages.stream().map(m -> ((JsonObject) m).getInteger("data")).toList();
    }
}
