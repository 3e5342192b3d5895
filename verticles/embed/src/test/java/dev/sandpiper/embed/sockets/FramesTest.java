package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The frames of the protocol on a real connection; the golden vectors too. */
class FramesTest {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key());

    record Vector(String file, JsonObject json) {
        @Override
        public String toString() {
            return file + ": " + json.getString("name");
        }
    }

    static Stream<Vector> clientVectors() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        for (String file : List.of("subscribe", "ack", "unsubscribe", "message", "auth", "ping", "malformed")) {
            try (InputStream in =
                    Objects.requireNonNull(FramesTest.class.getResourceAsStream("/golden/" + file + ".json"), file)) {
                JsonArray all = new JsonObject(Buffer.buffer(in.readAllBytes())).getJsonArray("vectors");
                all.forEach(vector -> vectors.add(new Vector(file, (JsonObject) vector)));
            }
        }
        return vectors.stream();
    }

    @AfterEach
    void hangUp() {
        socket.close();
    }

    @ParameterizedTest
    @MethodSource("clientVectors")
    void answersTheGoldenVectors(Vector vector) {
        JsonObject json = vector.json();
        byte[] input = json.containsKey("base64")
                ? Base64.getDecoder().decode(json.getString("base64"))
                : json.getString("text").getBytes(StandardCharsets.UTF_8);
        JsonObject answer = socket.frame(
                        true, json.getBoolean("binary", false) ? RawWebSocket.BINARY : RawWebSocket.TEXT, input)
                .next();
        JsonObject error = json.getJsonObject("error");
        if (error != null) {
            assertThat(answer.getString("type")).isEqualTo("error");
            assertThat(answer.getString("code")).isEqualTo(error.getString("code"));
            assertThat(answer.getString("name")).isEqualTo(error.getString("name"));
            assertThat(answer.getString("id")).isEqualTo(error.getString("id"));
        } else {
            JsonObject fields = json.getJsonObject("fields");
            assertThat(answer.getString("id")).isEqualTo(fields.getString("id"));
            assertThat(answer.getString("type")).as(answer.encode()).isIn(expected(vector.file(), fields));
        }
        // Whatever it was, the connection lives on.
        assertThat(socket.ask(new JsonObject().put("type", "ping").put("id", "after"))
                        .getString("id"))
                .isEqualTo("after");
    }

    private static List<String> expected(String kind, JsonObject fields) {
        return switch (kind) {
            // The cursors and the credential of the vectors are not this installation's.
            case "subscribe" ->
                List.of(fields.containsKey("since") || fields.containsKey("auth") ? "error" : "subscribed");
            case "unsubscribe", "auth", "ack" -> List.of("error");
            case "message" -> List.of(fields.getString("if_last_cursor", "").isEmpty() ? "published" : "error");
            default -> List.of("pong");
        };
    }

    @Test
    void whatIsPublishedOnAChannelReachesItsSubscribers() {
        try (RawWebSocket other = RawWebSocket.connect(node.ws(), project.key())) {
            JsonObject subscribed = other.ask(
                    new JsonObject().put("type", "subscribe").put("id", "1").put("channel", "chat:room-123"));
            assertThat(subscribed.getString("type")).isEqualTo("subscribed");
            assertThat(subscribed.getBoolean("recovered")).isTrue();

            JsonObject published = socket.ask(new JsonObject()
                    .put("type", "message")
                    .put("id", "3")
                    .put("channel", "chat:room-123")
                    .put("event", "new-message")
                    .put("data", new JsonObject().put("text", "Hello!")));
            assertThat(published.getString("type")).isEqualTo("published");
            assertThat(published.getString("class")).isEqualTo("durable");
            assertThat(published.getBoolean("duplicate")).isFalse();

            JsonObject message = other.next();
            assertThat(message.getString("type")).isEqualTo("message");
            assertThat(message.getString("channel")).isEqualTo("chat:room-123");
            assertThat(message.getString("event")).isEqualTo("new-message");
            assertThat(message.getJsonObject("data")).isEqualTo(new JsonObject().put("text", "Hello!"));
            assertThat(message.getString("id")).isEqualTo(published.getString("event_id"));
            assertThat(message.getString("cursor")).isEqualTo(published.getString("cursor"));
            assertThat(message.getString("timestamp"))
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z");
        }
    }

    @Test
    void theSameKeyIsPublishedOnce() {
        JsonObject message = new JsonObject()
                .put("type", "message")
                .put("channel", "a")
                .put("data", 1)
                .put("key", "k");
        JsonObject first = socket.ask(message);
        JsonObject second = socket.ask(message);
        assertThat(second.getBoolean("duplicate")).isTrue();
        assertThat(second.getString("event_id")).isEqualTo(first.getString("event_id"));
        assertThat(socket.ask(message.put("data", 2)).getString("name")).isEqualTo("IDEMPOTENCY_CONFLICT");
    }

    @Test
    void messagesOfOneConnectionKeepTheirOrder() {
        socket.subscribe("ordered", null);
        for (int i = 0; i < 1_000; i++) {
            socket.text("{\"type\":\"message\",\"channel\":\"ordered\",\"data\":" + i + "}");
        }
        List<Integer> received = new ArrayList<>();
        int published = 0;
        while (received.size() < 1_000 || published < 1_000) {
            JsonObject frame = socket.next();
            if (frame.getString("type").equals("message")) {
                received.add(frame.getInteger("data"));
            } else {
                assertThat(frame.getString("type")).as(frame.encode()).isEqualTo("published");
                published++;
            }
        }
        assertThat(received).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void binaryPayloadsGoInAndOutAsBytes() {
        socket.subscribe("pictures", null);
        byte[] header = "{\"type\":\"message\",\"id\":\"b\",\"channel\":\"pictures\",\"content_type\":\"image/png\"}"
                .getBytes(StandardCharsets.UTF_8);
        byte[] picture = {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff};
        socket.binary(Buffer.buffer()
                .appendInt(header.length)
                .appendBytes(header)
                .appendBytes(picture)
                .getBytes());
        byte[] received = null;
        String answered = null;
        while (received == null || answered == null) {
            RawWebSocket.Frame frame = Objects.requireNonNull(socket.nextFrame());
            if (frame.opcode() == RawWebSocket.BINARY) {
                received = frame.payload();
            } else {
                answered = frame.json().getString("id");
            }
        }
        assertThat(answered).isEqualTo("b");
        Buffer message = Buffer.buffer(received);
        int length = message.getInt(0);
        JsonObject meta = new JsonObject(message.getBuffer(4, 4 + length));
        assertThat(meta.getString("content_type")).isEqualTo("image/png");
        assertThat(meta.getString("channel")).isEqualTo("pictures");
        assertThat(message.getBytes(4 + length, message.length())).isEqualTo(picture);
    }

    @Test
    void aChannelIsSubscribedToOnceAndLeftOnce() {
        assertThat(socket.subscribe("a", null).getString("type")).isEqualTo("subscribed");
        JsonObject again = socket.subscribe("a", null);
        assertThat(again.getString("name")).isEqualTo("ALREADY_SUBSCRIBED");
        JsonObject unsubscribe = new JsonObject().put("type", "unsubscribe").put("channel", "a");
        assertThat(socket.ask(unsubscribe).getString("type")).isEqualTo("unsubscribed");
        JsonObject gone = socket.ask(unsubscribe);
        assertThat(gone.getString("name")).isEqualTo("NOT_SUBSCRIBED");
        assertThat(gone.getString("code")).isEqualTo("RT_004");
        new RestClient(node, project.key()).publish("a", 1);
        assertThat(socket.ask(new JsonObject().put("type", "ping")).getString("type"))
                .isEqualTo("pong");
    }

    @Test
    void aHundredSubscriptionsAndNotOneMore() {
        for (int i = 0; i < 100; i++) {
            assertThat(socket.subscribe("channel-" + i, null).getString("type")).isEqualTo("subscribed");
        }
        JsonObject error = socket.subscribe("one-more", null);
        assertThat(error.getString("code")).isEqualTo("RT_008");
        assertThat(error.getString("name")).isEqualTo("TOO_MANY_SUBSCRIPTIONS");
        socket.ask(new JsonObject().put("type", "unsubscribe").put("channel", "channel-50"));
        assertThat(socket.subscribe("one-more", null).getString("type")).isEqualTo("subscribed");
    }

    @Test
    void aCursorOfAnotherProjectIsRefused() {
        String cursor = new RestClient(node, project.sibling("other").key())
                .publish("a", 1)
                .getString("cursor");
        JsonObject error = socket.subscribe("a", cursor);
        assertThat(error.getString("name")).isEqualTo("INVALID_CURSOR");
    }

    @Test
    void whoSendsNothingButRubbishIsSentAwayInTheEnd() {
        for (int i = 0; i < 20; i++) {
            socket.text("rubbish");
        }
        RawWebSocket.Frame close = socket.closing();
        assertThat(close.closeCode()).isEqualTo(4504);
    }

    @Test
    void aSubscriptionMayBeginInThePast() {
        var rest = new RestClient(node, project.key());
        rest.publish("past", 1);
        rest.publish("past", 2);
        socket.ask(
                new JsonObject().put("type", "subscribe").put("channel", "past").put("from", "2026-01-01T00:00:00Z"));
        assertThat(socket.next().getInteger("data")).isEqualTo(1);
        assertThat(socket.next().getInteger("data")).isEqualTo(2);
    }
}
