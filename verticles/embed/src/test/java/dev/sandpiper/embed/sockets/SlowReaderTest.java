package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import dev.sandpiper.testkit.Eventually;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Clients that do not read: they are let go of, with a way back, and nobody else notices. */
class SlowReaderTest {
    private static final TestNode NODE =
            TestNode.start(Map.of("SOCKETS_MAX_PENDING_BYTES", "1048576", "SOCKETS_CLOSE_TIMEOUT", "10s"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int END = -1;
    private static final String BALLAST = "x".repeat(60_000);

    private final TestProject project = NODE.createProject();
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicInteger read = new AtomicInteger();

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void aWebSocketThatIsNotReadIsClosedWithACursorToComeBackWith() {
        int before = Gauges.slowCloses(NODE, "websocket");
        try (RawWebSocket slow = RawWebSocket.connect(NODE.ws(), project.key());
                RawWebSocket quick = RawWebSocket.connect(NODE.ws(), project.key())) {
            slow.subscribe("flood", null);
            quick.subscribe("flood", null);
            var reading = read(quick);
            long memory = PlatformDependent.usedDirectMemory();
            long most = floodUntil(() -> Gauges.slowCloses(NODE, "websocket") > before);
            assertThat(most - memory).isLessThan(32L * 1_024 * 1_024);

            // What was written before is still there; then comes the reason.
            List<Integer> received = new ArrayList<>();
            Frame frame = Objects.requireNonNull(slow.nextFrame());
            while (frame.opcode() == RawWebSocket.TEXT) {
                received.add(number(frame.json()));
                frame = Objects.requireNonNull(slow.nextFrame());
            }
            assertThat(frame.closeCode()).isEqualTo(4001);
            assertThat(frame.payload().length).isLessThanOrEqualTo(125);
            JsonObject reason = new JsonObject(frame.closeReason());
            assertThat(reason.getString("name")).isEqualTo("SLOW_CONSUMER");

            // Coming back with the cursor goes on without a gap.
            try (RawWebSocket again = RawWebSocket.connect(NODE.ws(), project.key())) {
                JsonObject subscribed = again.subscribe("flood", reason.getString("cursor"));
                assertThat(subscribed.getBoolean("recovered")).isTrue();
                received.addAll(read(again).join());
            }
            assertThat(received)
                    .containsExactlyElementsOf(
                            IntStream.range(0, published.get()).boxed().toList());
            assertThat(reading.join())
                    .containsExactlyElementsOf(
                            IntStream.range(0, published.get()).boxed().toList());
        }
    }

    @Test
    void aStreamThatIsNotReadEndsAndItsMemoryIsGivenBack() throws IOException {
        int before = Gauges.slowCloses(NODE, "sse");
        try (Socket slow = new Socket();
                RawWebSocket quick = RawWebSocket.connect(NODE.ws(), project.key())) {
            slow.setReceiveBufferSize(8_192);
            slow.connect(
                    new InetSocketAddress(NODE.http().getHost(), NODE.http().getPort()));
            slow.setSoTimeout(15_000);
            slow.getOutputStream()
                    .write(("GET /v1/sse?topics=flood HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-API-Key: "
                                    + project.key() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = slow.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            quick.subscribe("flood", null);
            var reading = read(quick);
            floodUntil(() -> Gauges.slowCloses(NODE, "sse") > before);

            String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest).contains("SLOW_CONSUMER");
            assertThat(reading.join())
                    .containsExactlyElementsOf(
                            IntStream.range(0, published.get()).boxed().toList());
        }
        Eventually.await("the stream is gone", PATIENCE, () -> Gauges.connections(NODE, "sse") == 0);
    }

    @Test
    void aReplayWaitsForItsReaderAndDoesNotCloseIt() {
        var rest = new RestClient(NODE, project.key());
        String start = rest.publish("long", 0).getString("cursor");
        try (RawWebSocket publisher = RawWebSocket.connect(NODE.ws(), project.key())) {
            for (int i = 1; i <= 200; i++) {
                publish(publisher, "long", i);
            }
        }
        int before = Gauges.slowCloses(NODE, "websocket");
        try (RawWebSocket socket = RawWebSocket.connect(NODE.ws(), project.key())) {
            socket.subscribe("long", start);
            // Nothing is read while other work is done; 12 MB wait.
            new RestClient(NODE, project.key()).polled("other", null, 1);
            for (int i = 1; i <= 200; i++) {
                assertThat(number(socket.next())).isEqualTo(i);
            }
        }
        assertThat(Gauges.slowCloses(NODE, "websocket")).isEqualTo(before);
    }

    /** @return the most direct memory that Netty used meanwhile */
    private long floodUntil(java.util.concurrent.Callable<Boolean> condition) {
        var most = new AtomicInteger();
        try (RawWebSocket publisher = RawWebSocket.connect(NODE.ws(), project.key())) {
            Eventually.await("the slow one is noticed", PATIENCE, () -> {
                for (int i = 0; i < 20; i++) {
                    publish(publisher, "flood", published.getAndIncrement());
                    // On a machine with much else to do the quick one would be slow too.
                    Eventually.await("the quick one keeps up", PATIENCE, () -> read.get() > published.get() - 8);
                }
                most.accumulateAndGet((int) (PlatformDependent.usedDirectMemory() >> 10), Math::max);
                return condition.call();
            });
            publish(publisher, "flood", END);
        }
        return (long) most.get() << 10;
    }

    private static void publish(RawWebSocket publisher, String channel, int number) {
        JsonObject answer = publisher.ask(
                new JsonObject().put("type", "message").put("channel", channel).put("data", number + " " + BALLAST));
        assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("published");
    }

    /** Reads until the end of the flood. */
    private CompletableFuture<List<Integer>> read(RawWebSocket socket) {
        return CompletableFuture.supplyAsync(() -> {
            List<Integer> received = new ArrayList<>();
            for (int number = number(socket.next()); number != END; number = number(socket.next())) {
                received.add(number);
                read.accumulateAndGet(number, Math::max);
            }
            return received;
        });
    }

    private static int number(JsonObject message) {
        String data = message.getString("data");
        return Integer.parseInt(data.substring(0, data.indexOf(' ')));
    }
}
