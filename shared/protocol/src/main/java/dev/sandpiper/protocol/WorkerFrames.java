package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformError;
import org.jspecify.annotations.Nullable;

/** Writes what the server says to the workers of durable consumers, on WebSockets and event streams, as JSON text in UTF-8. */
public final class WorkerFrames {
    public static final String CONSUMING = "consuming";
    public static final String DELIVERY = "delivery";
    public static final String STATE = "state";

    private WorkerFrames() {}

    /**
     * Deliveries follow.
     *
     * @param credit deliveries that the worker has at the same time, at most
     * @param state as in {@link #state}
     */
    public static byte[] consuming(@Nullable String id, String consumer, int credit, String state) {
        return begin(CONSUMING, id, consumer)
                .name("credit")
                .number(credit)
                .name("state")
                .string(state)
                .endObject()
                .toByteArray();
    }

    /**
     * @param delivery how often the event was delivered, this time included
     * @param message the event as {@link EventEncoders#json} has it
     */
    public static byte[] delivery(String consumer, String token, int delivery, byte[] message) {
        return new JsonBytes(message.length + 192)
                .beginObject()
                .name("type")
                .string(DELIVERY)
                .name("consumer")
                .string(consumer)
                .name("token")
                .string(token)
                .name("delivery")
                .number(delivery)
                .name("message")
                .raw(message)
                .endObject()
                .toByteArray();
    }

    /** How the consumer is, after that has changed. */
    public static byte[] state(String consumer, String state) {
        return begin(STATE, null, consumer)
                .name("state")
                .string(state)
                .endObject()
                .toByteArray();
    }

    /** No delivery follows, because the worker wanted none. */
    public static byte[] stopped(@Nullable String id, String consumer) {
        return begin("stopped", id, consumer).endObject().toByteArray();
    }

    /**
     * A worker's word about a delivery is in force.
     *
     * @param published receipts of what was published with it, a JSON array; null for nothing
     */
    public static byte[] confirmed(@Nullable String id, String consumer, String token, byte @Nullable [] published) {
        JsonBytes json = begin("confirmed", id, consumer).name("token").string(token);
        if (published != null) {
            json.name("published").raw(published);
        }
        return json.endObject().toByteArray();
    }

    /**
     * An {@code error} frame that says which consumer it is about.
     *
     * @param token of the delivery that it is about; null when it is about none
     */
    public static byte[] error(@Nullable String id, String consumer, @Nullable String token, PlatformError error) {
        return ServerFrames.beginError(id, error)
                .name("consumer")
                .string(consumer)
                .optional("token", token)
                .endObject()
                .toByteArray();
    }

    private static JsonBytes begin(String type, @Nullable String id, String consumer) {
        return ServerFrames.begin(type, id, 192).name("consumer").string(consumer);
    }
}
