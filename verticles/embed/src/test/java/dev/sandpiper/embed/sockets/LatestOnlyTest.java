package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that want the newest events only. */
class LatestOnlyTest {
    private static final int EVENTS = 300;
    private static final int LAST = EVENTS - 1;

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();

    @Test
    void aWebSocketGetsTheNewestEventsAtItsRateAndTheLastOneAlways() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key());
                RawWebSocket all = RawWebSocket.connect(node.ws(), project.key())) {
            all.subscribe("price", null);
            assertThat(subscribe(socket, 5).getString("type")).isEqualTo("subscribed");
            long began = System.nanoTime();
            publish("price", EVENTS);
            List<Integer> received = new ArrayList<>();
            JsonObject message = socket.next();
            received.add(message.getInteger("data"));
            while (message.getInteger("data") != LAST) {
                message = socket.next();
                received.add(message.getInteger("data"));
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            assertThat(received).isSorted().doesNotHaveDuplicates();
            assertThat(received.size())
                    .isLessThanOrEqualTo((int) (seconds * 5) + 2)
                    .isLessThan(EVENTS);
            for (int i = 0; i < EVENTS; i++) {
                assertThat(all.next().getInteger("data")).isEqualTo(i);
            }

            // What was left out is not claimed to be missed.
            try (RawWebSocket again = RawWebSocket.connect(node.ws(), project.key())) {
                JsonObject subscribed = again.subscribe("price", message.getString("cursor"));
                assertThat(subscribed.getBoolean("recovered")).isTrue();
                publish("price", 1);
                assertThat(again.next().getInteger("data")).isZero();
            }
        }
    }

    @Test
    void aStreamGetsTheNewestEventOfEachOfItsTopics() {
        try (var stream = new RawStream(node.http(), project.key(), "topics=a,b&max_rate=4", null, 0).opened()) {
            publish("a", EVENTS);
            publish("b", EVENTS);
            int received = 0;
            JsonObject a = new JsonObject().put("data", -1);
            JsonObject b = new JsonObject().put("data", -1);
            while (a.getInteger("data") != LAST || b.getInteger("data") != LAST) {
                RawStream.Event event = stream.next();
                assertThat(event).isNotNull();
                if (event != null) {
                    var message = new JsonObject(event.data());
                    JsonObject before = message.getString("channel").equals("a") ? a : b;
                    assertThat(message.getInteger("data")).isGreaterThan(before.getInteger("data"));
                    if (message.getString("channel").equals("a")) {
                        a = message;
                    } else {
                        b = message;
                    }
                    received++;
                }
            }
            assertThat(received).isLessThan(2 * EVENTS);
        }
    }

    @Test
    void aResumedSubscriptionBeginsWithTheNewestOfWhatWasMissed() {
        var rest = new RestClient(node, project.key());
        String start = rest.publish("price", -1).getString("cursor");
        publish("price", EVENTS);
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            JsonObject answer = socket.ask(new JsonObject()
                    .put("type", "subscribe")
                    .put("channel", "price")
                    .put("since", start)
                    .put("max_rate", 1));
            assertThat(answer.getBoolean("recovered")).isTrue();
            List<Integer> received = new ArrayList<>();
            do {
                received.add(socket.next().getInteger("data"));
            } while (received.getLast() != LAST);
            assertThat(received).isSorted().hasSizeLessThan(EVENTS / 10);
        }
    }

    @Test
    void anUnsubscribedOneHearsNothingMore() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            subscribe(socket, 1);
            publish("price", 10);
            assertThat(socket.next().getInteger("data")).isZero();
            JsonObject answer =
                    socket.ask(new JsonObject().put("type", "unsubscribe").put("channel", "price"));
            assertThat(answer.getString("type")).isEqualTo("unsubscribed");
            // Later than what waited would have come.
            new RestClient(node, project.key()).polled("other", null, 2);
            assertThat(socket.ask(new JsonObject().put("type", "ping")).getString("type"))
                    .isEqualTo("pong");
        }
    }

    @Test
    void aRateThatIsNoneIsRefused() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            assertThat(subscribe(socket, 0).getString("name")).isEqualTo("INVALID_PARAMETER");
        }
        assertThat(new RestClient(node, project.key())
                        .get("/v1/sse?topics=a&max_rate=1001")
                        .statusCode())
                .isEqualTo(400);
    }

    private static JsonObject subscribe(RawWebSocket socket, int maxRate) {
        return socket.ask(new JsonObject()
                .put("type", "subscribe")
                .put("channel", "price")
                .put("max_rate", maxRate));
    }

    /** Numbers from 0. */
    private void publish(String channel, int count) {
        try (RawWebSocket publisher = RawWebSocket.connect(node.ws(), project.key())) {
            for (int i = 0; i < count; i++) {
                JsonObject answer = publisher.ask(new JsonObject()
                        .put("type", "message")
                        .put("channel", channel)
                        .put("data", i));
                assertThat(answer.getString("type")).isEqualTo("published");
            }
        }
    }
}
