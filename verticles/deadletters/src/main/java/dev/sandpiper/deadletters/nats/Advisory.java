package dev.sandpiper.deadletters.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.deadletters.Reason;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What nats-server says when a consumer gives up on a message.
 *
 * @param sequence the message's, in the stream
 * @param deliveries at least 1
 * @param error what the consumer said; null when it said nothing
 */
record Advisory(
        Reason reason,
        String stream,
        String consumer,
        long sequence,
        long deliveries,
        @Nullable String error,
        Instant at) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GIVEN_UP = "io.nats.jetstream.advisory.v1.max_deliver";
    private static final String TERMINATED = "io.nats.jetstream.advisory.v1.terminated";

    /** @throws IllegalArgumentException when it is no such advisory */
    static Advisory parse(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            String reason = json.path("reason").asText();
            var advisory = new Advisory(
                    reason(json.path("type").asText()),
                    json.path("stream").asText(),
                    json.path("consumer").asText(),
                    json.path("stream_seq").asLong(),
                    Math.max(1, json.path("deliveries").asLong()),
                    reason.isBlank() ? null : reason,
                    Instant.parse(json.path("timestamp").asText()));
            if (advisory.stream.isEmpty() || advisory.consumer.isEmpty() || advisory.sequence < 1) {
                throw new IllegalArgumentException("an advisory that does not say of what");
            }
            return advisory;
        } catch (IOException | DateTimeException e) {
            throw new IllegalArgumentException("not an advisory", e);
        }
    }

    private static Reason reason(String type) {
        return switch (type) {
            case GIVEN_UP -> Reason.MAX_DELIVER;
            case TERMINATED -> Reason.TERMINATED;
            default -> throw new IllegalArgumentException("an advisory of another kind");
        };
    }
}
