package dev.sandpiper.publisher;

import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import io.nats.client.impl.Headers;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A slot of a lane's table: one event that waits for its acknowledgement. Reused; the generation in the reply subject tells
 * an acknowledgement of this tenant of the slot from one that came too late for an earlier.
 */
final class Pending {
    final int slot;
    private final String replyPrefix;
    int generation;

    /** The table's clock: events are sent again in the order of this number. */
    long order;

    @Nullable
    PublishCommand command;

    @Nullable
    EventId id;

    @Nullable
    String subject;

    @Nullable
    Headers headers;

    /** What must be the topic's newest event, as {@link dev.sandpiper.runtime.nats.EventCodec#stored} takes it. */
    long expected;

    @Nullable
    Promise<PublishReceipt> promise;

    /** When it was accepted, in {@link System#nanoTime}. */
    long acceptedAt;

    /** When it was last sent, or would have been, had there been a connection. */
    long attemptAt;

    boolean retry;

    /** Copies that were sent and not answered: while there is any, the event may be stored. */
    int unanswered;

    /** Neighbours in the order of attempts; {@code next} also links the free slots. */
    @Nullable
    Pending previous;

    @Nullable
    Pending next;

    Pending(int slot, String replyPrefix) {
        this.slot = slot;
        this.replyPrefix = replyPrefix + slot + '.';
    }

    String replyTo() {
        return replyPrefix + generation;
    }

    /** Whether it is still for an acknowledgement to decide. */
    boolean isWaiting() {
        return previous != null;
    }

    int weight() {
        return command == null ? 0 : command.size();
    }

    void clear() {
        generation++;
        command = null;
        id = null;
        subject = null;
        headers = null;
        promise = null;
        retry = false;
        unanswered = 0;
    }
}
