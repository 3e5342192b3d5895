package dev.sandpiper.publisher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import io.nats.client.Message;
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
    /** The topic's newest event is not the expected one; the description ends with the sequence of what is. */
    private static final int WRONG_LAST = 10_071;
    /** The same, but what is the newest event is still being decided. */
    private static final int WRONG_LAST_YET = 10_164;

    private static final int WRONG_LAST_ID = 10_070;
    private static final int DUPLICATE_IN_BATCH = 10_201;
    private static final int INCOMPLETE_BATCH = 10_176;
    private static final int TOO_MANY_BATCHES = 10_210;
    private static final int BATCH_TOO_LARGE = 10_199;
    /** Insufficient resources, resource limits exceeded, storage resources exceeded. */
    private static final Set<Integer> NO_ROOM = Set.of(10_023, 10_028, 10_047);
    /** The first copy of a message with the same id is still on its way into the stream; too many requests. */
    private static final Set<Integer> BUSY = Set.of(10_158, 10_167, WRONG_LAST_YET, INCOMPLETE_BATCH, TOO_MANY_BATCHES);

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

    /** Whether the refusal is that of a {@link dev.sandpiper.runtime.nats.EventCodec#probe}: nothing is stored under the id. */
    static boolean isUnknownId(Message answer) {
        return !answer.isStatusMessage() && parse(answer.getData(), 0).code() == WRONG_LAST_ID;
    }

    /** Whether the topic's newest event is not the expected one. */
    boolean isWrongLast() {
        return code == WRONG_LAST;
    }

    /** Whether an event of the batch is stored already. */
    boolean isDuplicateInBatch() {
        return code == DUPLICATE_IN_BATCH;
    }

    /** Whether the servers have as many batches as they take at a time. */
    boolean isTooMany() {
        return code == TOO_MANY_BATCHES;
    }

    /** The sequence of the topic's newest event, 0 when it has none, when {@link #isWrongLast}. */
    long last() {
        int from = description.lastIndexOf(' ') + 1;
        try {
            return Long.parseLong(description, from, description.length(), 10);
        } catch (NumberFormatException e) {
            throw new IllegalStateException("JetStream does not name the sequence: " + description, e);
        }
    }

    private static @Nullable PlatformError classify(int code, int status, String description, long maxBytes) {
        if (code == MESSAGE_TOO_LARGE) {
            return new RequestError.PayloadTooLarge(maxBytes);
        }
        boolean full = code == STORE_FAILED && (description.contains("maximum") || description.contains("no space"));
        if (full || NO_ROOM.contains(code)) {
            return new AvailabilityError.StorageFull();
        }
        if (code == BATCH_TOO_LARGE) {
            return new RequestError.InvalidParameter("events", "are more than the event store takes in one step");
        }
        return BUSY.contains(code) || status == 503 ? null : new AvailabilityError.EventStoreUnavailable();
    }
}
