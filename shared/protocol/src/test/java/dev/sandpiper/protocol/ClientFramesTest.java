package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.WorkerWord;
import dev.sandpiper.protocol.GoldenVectors.Vector;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientFramesTest {
    static Stream<Vector> vectors() {
        return GoldenVectors.of(
                "subscribe",
                "ack",
                "unsubscribe",
                "message",
                "auth",
                "ping",
                "malformed",
                "consume",
                "stop",
                "worker_word");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void readsTheGoldenVectors(Vector vector) {
        // Somewhere in the middle of a larger array, as frames stand in a receive buffer.
        byte[] input = vector.input();
        byte[] padded = new byte[input.length + 10];
        System.arraycopy(input, 0, padded, 5, input.length);
        ClientFrame frame = vector.binary()
                ? ClientFrames.parseBinary(padded, 5, input.length)
                : ClientFrames.parseText(padded, 5, input.length);
        if (vector.json().has("error")) {
            assertThat(frame).isInstanceOfSatisfying(ClientFrame.Malformed.class, malformed -> {
                ObjectNode error = GoldenVectors.MAPPER.createObjectNode();
                error.put("code", ErrorMapping.of(malformed.error()).realtime().name());
                error.put("name", malformed.error().code());
                put(error, "id", malformed.id());
                assertThat(error).isEqualTo(vector.json().get("error"));
            });
        } else {
            assertThat(fields(frame)).isEqualTo(vector.json().get("fields"));
            String type = vector.json().get("fields").path("type").asText(vector.file());
            assertThat(frame.type()).isEqualTo(type);
        }
    }

    @Test
    void keepsCredentialsAndPayloadsOutOfItsTextForm() {
        String auth = ClientFrames.parseText(GoldenVectors.bytes("{\"type\":\"auth\",\"token\":\"secret\"}"), 0, 32)
                .toString();
        assertThat(auth).doesNotContain("secret");
        byte[] subscribe = GoldenVectors.bytes("{\"type\":\"subscribe\",\"channel\":\"a\",\"auth\":\"secret\"}");
        assertThat(ClientFrames.parseText(subscribe, 0, subscribe.length).toString())
                .doesNotContain("secret");
    }

    private static ObjectNode fields(ClientFrame frame) {
        ObjectNode fields = GoldenVectors.MAPPER.createObjectNode();
        put(fields, "id", frame.id());
        switch (frame) {
            case ClientFrame.Subscribe f -> {
                fields.put("channel", f.channel().name());
                put(fields, "since", f.since());
                put(fields, "from", f.from() == null ? null : Timestamps.format(f.from()));
                if (f.last() > 0) {
                    fields.put("last", f.last());
                }
                put(fields, "until", f.until());
                put(fields, "filter", f.filter());
                if (f.maxRate() > 0) {
                    fields.put("max_rate", f.maxRate());
                }
                if (f.ack()) {
                    fields.put("ack", true);
                }
                if (f.maxUnacked() > 0) {
                    fields.put("max_unacked", f.maxUnacked());
                }
                put(fields, "subscriber", f.subscriber());
                put(fields, "auth", f.auth());
            }
            case ClientFrame.Ack f -> {
                fields.put("channel", f.channel().name());
                fields.put("cursor", f.cursor());
            }
            case ClientFrame.Unsubscribe f -> fields.put("channel", f.channel().name());
            case ClientFrame.Message f -> {
                fields.put("channel", f.channel().name());
                put(fields, "event", f.event());
                if (f.contentType() == null) {
                    fields.put("data", new String(f.data(), java.nio.charset.StandardCharsets.UTF_8));
                } else {
                    fields.put("data_base64", Base64.getEncoder().encodeToString(f.data()));
                }
                put(fields, "content_type", f.contentType());
                if (!f.headers().isEmpty()) {
                    f.headers().asMap().forEach(fields.putObject("headers")::put);
                }
                put(fields, "key", f.key());
                DeliveryClass asked = f.deliveryClass();
                fields.put("class", asked == null ? "durable" : asked.wireName());
                PublishExtras extras = f.extras();
                if (extras != null) {
                    put(
                            fields,
                            "ttl",
                            extras.ttl() == null ? null : extras.ttl().toString());
                    put(fields, "if_last_cursor", extras.ifLastCursor());
                }
            }
            case ClientFrame.Auth f -> fields.put("token", f.token());
            case ClientFrame.Ping f -> assertThat(f.type()).isEqualTo("ping");
            case ClientFrame.Consume f -> {
                fields.put("consumer", f.consumer());
                if (f.credit() > 0) {
                    fields.put("credit", f.credit());
                }
            }
            case ClientFrame.Stop f -> fields.put("consumer", f.consumer());
            case ClientFrame.Word f -> {
                fields.put("type", f.type());
                fields.put("consumer", f.consumer());
                fields.put("token", f.token());
                switch (f.word()) {
                    case WorkerWord.Ack ack ->
                        put(
                                fields,
                                "publish",
                                ack.publish() == null
                                        ? null
                                        : new String(ack.publish(), java.nio.charset.StandardCharsets.UTF_8));
                    case WorkerWord.Nack nack -> put(fields, "delay", nack.delay());
                    case WorkerWord.Term term -> put(fields, "reason", term.reason());
                    case WorkerWord.InProgress progress ->
                        assertThat(progress.wireName()).isEqualTo("in_progress");
                }
            }
            case ClientFrame.Malformed f -> throw new AssertionError(f.error().message());
        }
        return fields;
    }

    private static void put(ObjectNode fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
