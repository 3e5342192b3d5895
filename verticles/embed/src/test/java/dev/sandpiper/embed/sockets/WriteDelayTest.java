package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A node that writes events together. */
class WriteDelayTest {
    private static final TestNode NODE = TestNode.start(Map.of("SOCKETS_WRITE_DELAY", "50ms"));
    private static final int EVENTS = 500;

    private final TestProject project = NODE.createProject();

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void everyEventArrivesInOrderInFewerWritesThanThereAreEvents() {
        try (RawWebSocket socket = RawWebSocket.connect(NODE.ws(), project.key());
                RawStream stream = new RawStream(NODE.http(), project.key(), "topics=t", null, 0).opened();
                var flood = new Flood(NODE, project.key(), "t", 10)) {
            socket.subscribe("t", null);
            int streamFlushes = count("flushes", "sse");
            flood.publish(EVENTS);
            for (int i = 0; i < EVENTS; i++) {
                assertThat(Flood.number(socket.next().encode())).isEqualTo(i);
                RawStream.Event event = stream.next();
                assertThat(event).isNotNull();
                if (event != null) {
                    assertThat(Flood.number(event.data())).isEqualTo(i);
                }
            }
            Eventually.await("all are counted", () -> count("deliveries", "sse") >= EVENTS);
            assertThat(count("flushes", "sse") - streamFlushes).isBetween(1, EVENTS / 2);
        }
    }

    private static int count(String what, String transport) {
        return Gauges.value(NODE, "sandpiper_sockets_" + what + "_total{", "transport=\"" + transport + "\"");
    }
}
