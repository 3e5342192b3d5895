package dev.sandpiper.bench.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How to subscribe and publish at one kind of server. Holds no state: one instance serves all connections. */
public interface Protocol {
    /** How a server cuts what it sends into frames. */
    enum Framing {
        WEBSOCKET,
        SERVER_SENT_EVENTS
    }

    Framing framing();

    /**
     * The request that opens a connection, without {@code Host} and the blank line at its end.
     *
     * @param cursor where every topic is to be continued, null for live
     */
    String opening(List<String> topics, @Nullable String cursor);

    /** The text frames to send once a WebSocket is open. */
    List<String> subscribing(List<String> topics, @Nullable String cursor);

    /** Whether the head of the answer alone says that the subscriptions stand. */
    boolean subscribedByHead();

    /** What a frame means that comes before the subscriptions stand, or that holds no event. */
    Control control(String text);

    /** How to publish, null when the server was given no way to. */
    @Nullable
    Publishing publishing();

    /** Requests that publish, and what the answers say. */
    interface Publishing {
        /** Path and headers of a request, without {@code Host}, {@code Content-Length} and the blank line; {@code batch} of them at once. */
        String head(String topic, boolean batch);

        /** The body for one event, or for several as a batch; {@code data} is JSON on one line. */
        String body(String topic, List<String> data, boolean batch);

        /** How many events the answer says were accepted. */
        int accepted(int status, String body);

        /** From which a client can continue after the first event of the answer, null when the server said nothing of the kind. */
        @Nullable
        String cursor(String body);
    }
}
