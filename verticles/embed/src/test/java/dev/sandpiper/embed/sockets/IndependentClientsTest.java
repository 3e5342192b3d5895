package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients that others wrote. */
class IndependentClientsTest {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RestClient rest = new RestClient(node, project.key());

    @Test
    void theWebSocketOfTheJdk() throws Exception {
        var listener = new JdkListener();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + project.key())
                .buildAsync(node.ws(), listener)
                .get(10, TimeUnit.SECONDS);
        assertThat(listener.next().getString("type")).isEqualTo("connected");
        // In two fragments, as the client sends them.
        socket.sendText("{\"type\":\"subscribe\",", false).get(10, TimeUnit.SECONDS);
        socket.sendText("\"id\":\"1\",\"channel\":\"a\"}", true).get(10, TimeUnit.SECONDS);
        assertThat(listener.next().getString("id")).isEqualTo("1");
        rest.publish("a", new JsonObject().put("text", "x".repeat(100_000)));
        assertThat(listener.next().getJsonObject("data").getString("text")).hasSize(100_000);
        socket.sendPing(ByteBuffer.wrap(new byte[] {1})).get(10, TimeUnit.SECONDS);
        listener.pong.get(10, TimeUnit.SECONDS);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(10, TimeUnit.SECONDS);
        assertThat(listener.closed.get(10, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void anEventSourceThatReconnectsMissesNothing() throws Exception {
        var strategy = ConnectStrategy.http(URI.create(node.http() + "/v1/sse?topics=a"))
                .header("Authorization", "Bearer " + project.key());
        try (EventSource source = new EventSource.Builder(strategy).build()) {
            assertThat(source.readMessage().getEventName()).isEqualTo("subscribed");
            rest.publish("a", 1);
            assertThat(data(source.readMessage())).isEqualTo(1);
            source.interrupt();
            rest.publish("a", 2);
            rest.publish("a", 3);
            // It comes back by itself, with the id that it saw last.
            MessageEvent subscribed = source.readMessage();
            assertThat(subscribed.getEventName()).isEqualTo("subscribed");
            assertThat(new JsonObject(subscribed.getData()).getBoolean("recovered"))
                    .isTrue();
            assertThat(data(source.readMessage())).isEqualTo(2);
            assertThat(data(source.readMessage())).isEqualTo(3);
        }
    }

    private static int data(MessageEvent event) {
        assertThat(event.getEventName()).isEqualTo("message");
        JsonObject frame = new JsonObject(event.getData());
        assertThat(event.getLastEventId()).isEqualTo(frame.getString("cursor"));
        return frame.getInteger("data");
    }
}
