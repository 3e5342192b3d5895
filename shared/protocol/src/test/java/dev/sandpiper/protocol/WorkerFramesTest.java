package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.protocol.GoldenVectors.Vector;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerFramesTest {
    static Stream<Vector> vectors() {
        return GoldenVectors.of("consuming", "delivery", "state", "stopped", "confirmed", "worker_error");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void writesTheGoldenVectors(Vector vector) throws Exception {
        JsonNode fields = vector.json().get("fields");
        String text = vector.json().get("text").asText();
        assertThat(new String(write(vector.file(), fields), StandardCharsets.UTF_8))
                .isEqualTo(text);
        assertThat(GoldenVectors.MAPPER.readTree(text)).isEqualTo(fields);
    }

    private static byte[] write(String kind, JsonNode fields) throws Exception {
        String id = optional(fields, "id");
        String consumer = fields.get("consumer").asText();
        return switch (kind) {
            case "consuming" ->
                WorkerFrames.consuming(
                        id,
                        consumer,
                        fields.get("credit").asInt(),
                        fields.get("state").asText());
            case "delivery" ->
                WorkerFrames.delivery(
                        consumer,
                        fields.get("token").asText(),
                        fields.get("delivery").asInt(),
                        GoldenVectors.MAPPER.writeValueAsBytes(fields.get("message")));
            case "state" -> WorkerFrames.state(consumer, fields.get("state").asText());
            case "stopped" -> WorkerFrames.stopped(id, consumer);
            case "confirmed" ->
                WorkerFrames.confirmed(
                        id,
                        consumer,
                        fields.get("token").asText(),
                        fields.has("published")
                                ? GoldenVectors.MAPPER.writeValueAsBytes(fields.get("published"))
                                : null);
            default ->
                WorkerFrames.error(
                        id,
                        consumer,
                        optional(fields, "token"),
                        error(fields.get("name").asText()));
        };
    }

    private static PlatformError error(String name) {
        return switch (name) {
            case "STALE_DELIVERY" -> new ConsumerError.StaleDelivery();
            case "RESOURCE_NOT_FOUND" -> new ConflictError.ResourceNotFound("consumer");
            default -> throw new AssertionError(name);
        };
    }

    private static @Nullable String optional(JsonNode json, String name) {
        return json.has(name) ? json.get(name).asText() : null;
    }
}
