package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import io.nats.client.impl.Headers;
import io.nats.client.support.IncomingHeadersProcessor;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as a stream's leader tells of it.
 *
 * @param headers null for none
 * @param time when it was stored
 */
@SuppressWarnings("ArrayRecordComponent")
public record StreamMessage(
        String subject, long sequence, @Nullable Headers headers, byte[] data, Instant time) {
    /** @param message the member of that name in an answer of {@code $JS.API.STREAM.MSG.GET} */
    static StreamMessage of(JsonNode message) {
        try {
            return new StreamMessage(
                    message.path("subject").asText(),
                    message.path("seq").asLong(),
                    message.has("hdrs")
                            ? new IncomingHeadersProcessor(message.path("hdrs").binaryValue()).getHeaders()
                            : null,
                    message.has("data") ? message.path("data").binaryValue() : new byte[0],
                    Timestamps.parse(message.path("time").asText()));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a message of nats-server", e);
        }
    }
}
