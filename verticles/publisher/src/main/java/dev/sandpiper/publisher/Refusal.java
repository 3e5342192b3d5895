package dev.sandpiper.publisher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What JetStream said instead of acknowledging. The codes are those of nats-server's {@code errors.json}.
 *
 * @param error what the client gets to know; null when the same message may be taken in a moment
 */
record Refusal(int code, String description, @Nullable PlatformError error) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STORE_FAILED = 10_077;
    private static final int MESSAGE_TOO_LARGE = 10_054;
    /** Insufficient resources, resource limits exceeded, storage resources exceeded. */
    private static final Set<Integer> NO_ROOM = Set.of(10_023, 10_028, 10_047);
    /** The first copy of a message with the same id is still on its way into the stream; too many requests. */
    private static final Set<Integer> BUSY = Set.of(10_158, 10_167);

    static Refusal parse(byte[] ack, long maxBytes) {
        JsonNode error;
        try {
            error = JSON.readTree(ack).path("error");
        } catch (IOException e) {
            return new Refusal(0, "no acknowledgement of a known form", new AvailabilityError.EventStoreUnavailable());
        }
        int code = error.path("err_code").asInt();
        String description = error.path("description").asText();
        return new Refusal(code, description, classify(code, error.path("code").asInt(), description, maxBytes));
    }

    private static @Nullable PlatformError classify(int code, int status, String description, long maxBytes) {
        if (code == MESSAGE_TOO_LARGE) {
            return new RequestError.PayloadTooLarge(maxBytes);
        }
        boolean full = code == STORE_FAILED && (description.contains("maximum") || description.contains("no space"));
        if (full || NO_ROOM.contains(code)) {
            return new AvailabilityError.StorageFull();
        }
        return BUSY.contains(code) || status == 503 ? null : new AvailabilityError.EventStoreUnavailable();
    }
}
