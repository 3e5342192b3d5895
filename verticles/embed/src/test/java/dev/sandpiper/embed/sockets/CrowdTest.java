package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A few who do not read, among many who do. */
class CrowdTest {
    private static final TestNode NODE = TestNode.start(Map.of("SOCKETS_MAX_PENDING_BYTES", "262144"));
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int CROWD = 99;
    private static final int BALLAST = 8_000;
    private static final int SMALL = 4_096;
    private static final long MEMORY = 32L << 20;

    private final TestProject project = NODE.createProject();
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void hangUp() throws Exception {
        for (AutoCloseable client : open) {
            client.close();
        }
        readers.close();
    }

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void oneOfAHundredWebSocketsThatStopsReadingIsClosedWithItsCursorAndTheOthersGetEverything() throws Exception {
        int before = Gauges.slowCloses(NODE, "websocket");
        RawWebSocket slow = socket(SMALL);
        List<Future<List<Integer>>> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            RawWebSocket quick = socket(0);
            crowd.add(readers.submit(() -> read(quick)));
        }
        try (var flood = new Flood(NODE, project.key(), "crowd", BALLAST)) {
            floodUntil(flood, "the slow one is closed", () -> Gauges.slowCloses(NODE, "websocket") == before + 1);

            List<Integer> received = new ArrayList<>();
            Frame frame = frame(slow);
            while (frame.opcode() != RawWebSocket.CLOSE) {
                if (frame.opcode() == RawWebSocket.TEXT) {
                    received.add(Flood.number(frame.text()));
                }
                frame = frame(slow);
            }
            assertThat(frame.closeCode()).isEqualTo(4001);
            String cursor = new JsonObject(frame.closeReason()).getString("cursor");
            flood.publish(5);
            flood.end();
            RawWebSocket again = open(RawWebSocket.connect(NODE.ws(), project.key()));
            assertThat(again.subscribe("crowd", cursor).getBoolean("recovered")).isTrue();
            received.addAll(read(again));
            assertThat(received).isEqualTo(flood.numbers());
            assertAllGot(crowd, flood);
            assertThat(flood.memory()).isLessThan(MEMORY);
        }
        assertThat(Gauges.slowCloses(NODE, "websocket")).isEqualTo(before + 1);
    }

    @Test
    void oneOfAHundredStreamsThatStopsReadingEndsAndItsLastIdGoesOn() throws Exception {
        int before = Gauges.slowCloses(NODE, "sse");
        RawStream slow = stream(null, SMALL).opened();
        List<Future<List<Integer>>> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            RawStream quick = stream(null, 0).opened();
            crowd.add(readers.submit(() -> read(quick, new ArrayList<>())));
        }
        try (var flood = new Flood(NODE, project.key(), "crowd", BALLAST)) {
            floodUntil(flood, "the slow one is closed", () -> Gauges.slowCloses(NODE, "sse") == before + 1);

            List<Integer> received = new ArrayList<>();
            String lastId = null;
            RawStream.Event event = slow.next();
            while (event != null && "message".equals(event.type())) {
                received.add(Flood.number(event.data()));
                lastId = event.id();
                event = slow.next();
            }
            flood.publish(5);
            flood.end();
            received.addAll(read(stream(lastId, 0).opened(), new ArrayList<>()));
            assertThat(received).isEqualTo(flood.numbers());
            assertAllGot(crowd, flood);
            assertThat(flood.memory()).isLessThan(MEMORY);
        }
        assertThat(Gauges.slowCloses(NODE, "sse")).isEqualTo(before + 1);
    }

    @Test
    void socketsThatReadAKilobyteASecondAreClosedWhenTheyCannotKeepUpAndDisturbNobody() throws Exception {
        int before = Gauges.slowCloses(NODE, "websocket");
        int trickling = 20;
        List<Future<Long>> slow = new ArrayList<>();
        for (int i = 0; i < trickling; i++) {
            RawWebSocket socket = socket(SMALL);
            slow.add(readers.submit(() -> trickle(socket)));
        }
        List<Future<List<Integer>>> crowd = new ArrayList<>();
        for (int i = 0; i < trickling; i++) {
            RawWebSocket quick = socket(0);
            crowd.add(readers.submit(() -> read(quick)));
        }
        try (var flood = new Flood(NODE, project.key(), "crowd", BALLAST)) {
            floodUntil(
                    flood,
                    "all that are slow are closed",
                    () -> Gauges.slowCloses(NODE, "websocket") == before + trickling);
            flood.end();
            assertAllGot(crowd, flood);
            assertThat(flood.memory()).isLessThan(MEMORY);
        }
        for (AutoCloseable client : open) {
            client.close();
        }
        for (Future<Long> reader : slow) {
            assertThat(reader.get(10, TimeUnit.SECONDS)).isPositive();
        }
        Eventually.await("all are gone", () -> Gauges.connections(NODE, "websocket") == 0);
    }

    private void floodUntil(Flood flood, String what, java.util.concurrent.Callable<Boolean> condition) {
        Eventually.await(what, LIMIT, () -> {
            flood.publish(10);
            return condition.call();
        });
    }

    private static void assertAllGot(List<Future<List<Integer>>> crowd, Flood flood) throws Exception {
        for (Future<List<Integer>> reader : crowd) {
            assertThat(reader.get(30, TimeUnit.SECONDS)).isEqualTo(flood.numbers());
        }
    }

    private RawWebSocket socket(int receiveBuffer) {
        RawWebSocket socket = open(RawWebSocket.connect(NODE.ws(), project.key(), receiveBuffer));
        socket.subscribe("crowd", null);
        return socket;
    }

    private RawStream stream(@Nullable String lastEventId, int receiveBuffer) {
        return open(new RawStream(NODE.http(), project.key(), "topics=crowd", lastEventId, receiveBuffer));
    }

    private <T extends AutoCloseable> T open(T client) {
        open.add(client);
        return client;
    }

    private static List<Integer> read(RawWebSocket socket) {
        List<Integer> numbers = new ArrayList<>();
        while (true) {
            Frame frame = frame(socket);
            if (frame.opcode() == RawWebSocket.TEXT) {
                int number = Flood.number(frame.text());
                if (Flood.isEnd(number)) {
                    return numbers;
                }
                numbers.add(number);
            }
        }
    }

    private static List<Integer> read(RawStream stream, List<Integer> numbers) {
        RawStream.Event event = stream.next();
        while (event != null && "message".equals(event.type())) {
            int number = Flood.number(event.data());
            if (Flood.isEnd(number)) {
                return numbers;
            }
            numbers.add(number);
            event = stream.next();
        }
        throw new AssertionError("the stream ended with " + event);
    }

    private static Frame frame(RawWebSocket socket) {
        Frame frame = socket.nextFrame();
        if (frame == null) {
            throw new AssertionError("the connection has ended");
        }
        return frame;
    }

    /** A hundred bytes ten times a second, until there are no more; how many there were. */
    private static long trickle(RawWebSocket socket) {
        byte[] some = new byte[100];
        long count = 0;
        try {
            InputStream in = socket.socket().getInputStream();
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                count += read;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        } catch (IOException e) {
            return count;
        }
        return count;
    }
}
