package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import dev.sandpiper.testkit.Events;
import dev.sandpiper.testkit.Topics;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WebSocketProperties {
    private static final TestNode NODE = TestNode.shared();
    private static final TestProject PROJECT = NODE.createProject();

    /** Where a client may put its credential. */
    enum Credential {
        BEARER,
        API_KEY_HEADER,
        TICKET,
        AUTH_FRAME,
        SUBSCRIBE_FRAME
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("**Feature: realtime-saas-platform, Property 6: WebSocket connection establishment**")
    void whoeverHasACredentialIsLetInAndReceivesEvents(
            @ForAll Credential credential,
            @ForAll("paths") String path,
            @ForAll("topics") String topic,
            @ForAll int value) {
        URI uri = NODE.ws().resolve(path);
        try (RawWebSocket socket = switch (credential) {
            case BEARER -> RawWebSocket.handshake(uri, PROJECT.key());
            case API_KEY_HEADER -> RawWebSocket.handshake(uri, null, "X-API-Key: " + PROJECT.key());
            case TICKET ->
                RawWebSocket.handshake(
                        URI.create(uri + "?ticket=" + new RestClient(NODE, PROJECT.key()).ticket()), null);
            case AUTH_FRAME, SUBSCRIBE_FRAME -> RawWebSocket.handshake(uri, null);
        }) {
            assertThat(socket.status()).isEqualTo(101);
            var subscribe = new JsonObject().put("type", "subscribe").put("channel", topic);
            if (credential == Credential.AUTH_FRAME) {
                socket.text(new JsonObject()
                        .put("type", "auth")
                        .put("token", PROJECT.key())
                        .encode());
            } else if (credential == Credential.SUBSCRIBE_FRAME) {
                subscribe.put("auth", PROJECT.key());
            }
            socket.text(subscribe.encode());
            assertThat(socket.next().getString("type")).isEqualTo("connected");
            assertThat(socket.next().getString("type")).isEqualTo("subscribed");
            new RestClient(NODE, PROJECT.key()).publish(topic, value);
            assertThat(socket.next().getInteger("data")).isEqualTo(value);
        }
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("**Feature: realtime-saas-platform, Property 7: Real-time event delivery**")
    void whateverIsPublishedReachesEverySubscriber(
            @ForAll("events") PublishCommand event, @ForAll @IntRange(min = 1, max = 4) int clients) {
        List<RawWebSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                RawWebSocket socket = RawWebSocket.connect(NODE.ws(), PROJECT.key());
                sockets.add(socket);
                assertThat(socket.subscribe(event.topic().name(), null).getString("type"))
                        .isEqualTo("subscribed");
            }
            PublishReceipt receipt = TestNode.await(NODE.sandpiper().publisher().publish(event));
            for (RawWebSocket socket : sockets) {
                assertDelivered(event, receipt, Objects.requireNonNull(socket.nextFrame()));
            }
        } finally {
            sockets.forEach(RawWebSocket::close);
        }
    }

    private static void assertDelivered(PublishCommand event, PublishReceipt receipt, Frame frame) {
        JsonObject message;
        if (event.contentType() == null) {
            assertThat(frame.opcode()).isEqualTo(RawWebSocket.TEXT);
            message = frame.json();
            assertThat(frame.text()).contains(",\"data\":" + new String(event.data(), StandardCharsets.UTF_8) + ",");
        } else {
            assertThat(frame.opcode()).isEqualTo(RawWebSocket.BINARY);
            Buffer buffer = Buffer.buffer(frame.payload());
            int header = buffer.getInt(0);
            message = new JsonObject(buffer.getBuffer(4, 4 + header));
            assertThat(buffer.getBytes(4 + header, buffer.length())).isEqualTo(event.data());
            assertThat(message.getString("content_type")).isEqualTo(event.contentType());
        }
        assertThat(message.getString("channel")).isEqualTo(event.topic().name());
        assertThat(message.getString("event")).isEqualTo(event.event());
        assertThat(message.getString("id")).isEqualTo(receipt.id().value());
        assertThat(message.getString("sender")).isEqualTo(event.sender());
        assertThat(message.getJsonObject("headers", new JsonObject()).getMap())
                .isEqualTo(event.headers().asMap());
        assertThat(message.containsKey("headers")).isNotEqualTo(event.headers().isEmpty());
        assertThat(message.getString("cursor"))
                .isEqualTo(NODE.sandpiper()
                        .cursors()
                        .encode(PROJECT.tenant(), PROJECT.project(), Objects.requireNonNull(receipt.cursor())));
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("**Feature: realtime-saas-platform, Property 9: Graceful reconnection handling**")
    void aClientThatIsCutOffGoesOnWhereItWas(
            @ForAll("topics") String topic,
            @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 0, max = 6) Integer> readBetweenCuts,
            @ForAll boolean reset)
            throws SocketException {
        var rest = new RestClient(NODE, PROJECT.key());
        String cursor = rest.polled(topic, null, 0).getString("cursor");
        List<Integer> received = new ArrayList<>();
        int published = 0;
        for (int reads : readBetweenCuts) {
            for (int i = 0; i < reads; i++) {
                rest.publish(topic, published++);
            }
            try (RawWebSocket socket = RawWebSocket.connect(NODE.ws(), PROJECT.key())) {
                JsonObject subscribed = socket.subscribe(topic, cursor);
                assertThat(subscribed.getBoolean("recovered"))
                        .as(subscribed.encode())
                        .isTrue();
                // Some of what is there is read; the rest gets lost in the cut.
                rest.publish(topic, published++);
                for (int i = 0; i < reads; i++) {
                    JsonObject message = socket.next();
                    received.add(message.getInteger("data"));
                    cursor = message.getString("cursor");
                }
                if (reset) {
                    socket.socket().setSoLinger(true, 0);
                }
            }
        }
        while (received.size() < published) {
            JsonObject answer = rest.polled(topic, cursor, 10);
            answer.getJsonArray("messages").forEach(m -> received.add(((JsonObject) m).getInteger("data")));
            cursor = answer.getString("cursor");
        }
        assertThat(received)
                .containsExactlyElementsOf(IntStream.range(0, published).boxed().toList());
        try (RawWebSocket socket = RawWebSocket.connect(NODE.ws(), PROJECT.key())) {
            assertThat(socket.subscribe(topic, cursor + "x").getString("name")).isEqualTo("INVALID_CURSOR");
        }
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("/v1/ws", "/ws", "/v1/realtime", "/realtime");
    }

    @Provide
    Arbitrary<String> topics() {
        return Topics.simple().map(topic -> topic.name());
    }

    @Provide
    Arbitrary<PublishCommand> events() {
        return Events.any(PROJECT.tenant(), PROJECT.project())
                // A key that came before with another event is a conflict, which is another property's matter.
                .map(e -> new PublishCommand(
                                e.tenant(),
                                e.project(),
                                e.topic(),
                                e.event(),
                                e.data(),
                                e.contentType(),
                                null,
                                e.sender(),
                                e.deliveryClass())
                        .withHeaders(e.headers()));
    }
}
