package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many old events for some while new ones arrive for others. */
class ReplayBesideLiveTest {
    private static final int OLD = 100_000;
    private static final int BATCH = 1_000;
    private static final int CLIENTS = 10;
    private static final int PROBES = 200;

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();

    @Test
    void liveEventsGoOnWhileTenClientsReplayAHundredThousandOldOnesEach() throws Exception {
        String start = new RestClient(node, project.key()).publish("old", -1).getString("cursor");
        for (int from = 0; from < OLD; from += BATCH) {
            publishOld(from);
        }
        try (RawWebSocket live = RawWebSocket.connect(node.ws(), project.key());
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            live.subscribe("live", null);
            probe(live, PROBES);
            long alone = probe(live, PROBES);
            List<Future<Integer>> replays = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                replays.add(readers.submit(() -> replay(start)));
            }
            long beside = 0;
            int rounds = 0;
            while (replays.stream().anyMatch(replay -> !replay.isDone())) {
                beside = Math.max(beside, probe(live, 20));
                rounds++;
            }
            for (Future<Integer> replay : replays) {
                assertThat(replay.get(1, TimeUnit.SECONDS)).isEqualTo(OLD);
            }
            assertThat(rounds).as("live events arrived during the replays").isGreaterThan(2);
            // On a busy machine, both share the processors with the readers; starved, live events would wait for
            // seconds.
            assertThat(beside).isLessThan(Math.max(50 * alone, TimeUnit.MILLISECONDS.toNanos(1_000)));
        }
    }

    /** Publishes and hears one event after the other; the 99th percentile of how long each took, in nanoseconds. */
    private static long probe(RawWebSocket live, int count) {
        long[] times = new long[count];
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            live.text("{\"type\":\"message\",\"channel\":\"live\",\"data\":" + i + "}");
            JsonObject frame = live.next();
            while (!"message".equals(frame.getString("type"))) {
                frame = live.next();
            }
            times[i] = System.nanoTime() - began;
            assertThat(frame.getInteger("data")).isEqualTo(i);
        }
        Arrays.sort(times);
        return times[count * 99 / 100];
    }

    /** Reads all old events, in order; how many there were. */
    private int replay(String start) {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            assertThat(socket.subscribe("old", start).getBoolean("recovered")).isTrue();
            int expected = 0;
            while (expected < OLD) {
                Frame frame = socket.nextFrame();
                if (frame == null || frame.opcode() == RawWebSocket.CLOSE) {
                    throw new AssertionError("the connection ended at " + expected);
                }
                if (frame.opcode() == RawWebSocket.TEXT) {
                    assertThat(number(frame.text())).isEqualTo(expected++);
                } else if (frame.opcode() == RawWebSocket.PING) {
                    socket.frame(true, RawWebSocket.PONG, frame.payload());
                }
            }
            return OLD;
        }
    }

    private static int number(String frame) {
        int from = frame.indexOf("\"data\":") + 7;
        return Integer.parseInt(frame, from, frame.indexOf(',', from), 10);
    }

    private void publishOld(int from) {
        var body = new StringBuilder();
        for (int i = from; i < from + BATCH; i++) {
            body.append("{\"topic\":\"old\",\"data\":").append(i).append("}\n");
        }
        HttpResponse<String> answer = RestClient.send(new RestClient(node, project.key())
                .request("/v1/events/batch")
                .header("Content-Type", "application/x-ndjson")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
        assertThat(answer.body()).doesNotContain("\"error\"");
    }
}
