package dev.sandpiper.protocol;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.WorkerWord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a client says on a socket; {@link ClientFrames} reads it. */
public sealed interface ClientFrame {
    int MAX_ID = 128;
    int MAX_RATE = 1_000;
    int MAX_LAST = 1_000;
    int MAX_CREDIT = 1_000;
    int MAX_UNACKED = 100_000;
    int MAX_SUBSCRIBER = 64;

    /** The client's own name for this frame, at most {@value #MAX_ID} characters, which the answer repeats. */
    @Nullable
    String id();

    /** The {@code type} member, or {@code malformed}: few values, fit for a metric label. */
    String type();

    /**
     * @param since a cursor; null to begin with live events
     * @param from a time to begin at; never together with {@code since}
     * @param last begins with so many of the newest events, from 1 to {@value #MAX_LAST}; 0 for not; alone, like the two before it
     * @param until a cursor or a time to end at; null to go on for ever
     * @param filter an expression; null for every event
     * @param maxRate events a second, the newest ones, from 1 to {@value #MAX_RATE}; 0 for every event
     * @param ack whether the client says what it has dealt with
     * @param maxUnacked events that may wait for that at most; 0 for what the server allows
     * @param subscriber under which name the server remembers what was dealt with, 1 to {@value #MAX_SUBSCRIBER} of {@code A-Z a-z 0-9
     *     . _ -}; null for not
     * @param auth a credential for this channel alone, or for the connection when it has none yet
     */
    record Subscribe(
            @Nullable String id,
            Topic channel,
            @Nullable String since,
            @Nullable Instant from,
            int last,
            @Nullable String until,
            @Nullable String filter,
            int maxRate,
            boolean ack,
            int maxUnacked,
            @Nullable String subscriber,
            @Nullable String auth)
            implements ClientFrame {
        @Override
        public String type() {
            return "subscribe";
        }

        @Override
        public String toString() {
            return "Subscribe[" + channel + "]";
        }
    }

    /** Everything up to the cursor was dealt with. */
    record Ack(@Nullable String id, Topic channel, String cursor) implements ClientFrame {
        @Override
        public String type() {
            return "ack";
        }
    }

    record Unsubscribe(@Nullable String id, Topic channel) implements ClientFrame {
        @Override
        public String type() {
            return "unsubscribe";
        }
    }

    /**
     * An event to publish.
     *
     * @param event null when the client named none
     * @param data JSON text in UTF-8, checked, or any bytes when there is a content type; owned by the frame
     * @param contentType null for JSON
     * @param key for deduplication
     * @param extras null when there are none
     */
    record Message(
            @Nullable String id,
            Topic channel,
            @Nullable String event,
            byte[] data,
            @Nullable String contentType,
            EventHeaders headers,
            @Nullable String key,
            @Nullable DeliveryClass deliveryClass,
            @Nullable PublishExtras extras)
            implements ClientFrame {
        @Override
        public String type() {
            return "message";
        }

        @Override
        public String toString() {
            return "Message[" + channel + ", " + data.length + " bytes]";
        }
    }

    record Auth(@Nullable String id, String token) implements ClientFrame {
        @Override
        public String type() {
            return "auth";
        }

        @Override
        public String toString() {
            return "Auth[***]";
        }
    }

    record Ping(@Nullable String id) implements ClientFrame {
        @Override
        public String type() {
            return "ping";
        }
    }

    /**
     * Begins to work for a durable consumer.
     *
     * @param credit deliveries that may be with this worker at the same time, from 1 to {@value #MAX_CREDIT}; 0 for the default
     */
    record Consume(@Nullable String id, String consumer, int credit) implements ClientFrame {
        @Override
        public String type() {
            return "consume";
        }
    }

    /** Wants no more deliveries of a consumer; what was delivered stays with the worker. */
    record Stop(@Nullable String id, String consumer) implements ClientFrame {
        @Override
        public String type() {
            return "stop";
        }
    }

    /** What a worker says about a delivery, whichever way that came. */
    record Word(@Nullable String id, String consumer, String token, WorkerWord word) implements ClientFrame {
        @Override
        public String type() {
            return word.wireName();
        }

        @Override
        public String toString() {
            return "Word[" + consumer + ", " + type() + "]";
        }
    }

    /** @param id when it could be read before the fault */
    record Malformed(@Nullable String id, PlatformError error) implements ClientFrame {
        @Override
        public String type() {
            return "malformed";
        }
    }
}
