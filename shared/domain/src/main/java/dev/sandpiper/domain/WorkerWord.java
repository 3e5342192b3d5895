package dev.sandpiper.domain;

import org.jspecify.annotations.Nullable;

/** What a worker says about a delivery of a durable consumer, as it was said: whoever obeys checks what is in it. */
public sealed interface WorkerWord {
    /** As clients write it. */
    String wireName();

    /**
     * The event is done.
     *
     * @param publish a JSON array of events that are to be published with it; null for none
     */
    record Ack(byte @Nullable [] publish) implements WorkerWord {
        @Override
        public String wireName() {
            return "ack";
        }
    }

    /**
     * The event is to come again.
     *
     * @param delay how long it rests before, such as {@code 5s}; null for the consumer's own backoff
     */
    record Nack(@Nullable String delay) implements WorkerWord {
        @Override
        public String wireName() {
            return "nack";
        }
    }

    /** There is no use in trying again: the event becomes a dead letter. */
    record Term(@Nullable String reason) implements WorkerWord {
        @Override
        public String wireName() {
            return "term";
        }
    }

    /** The worker's time begins anew. */
    record InProgress() implements WorkerWord {
        @Override
        public String wireName() {
            return "in_progress";
        }
    }
}
