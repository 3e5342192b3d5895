package dev.sandpiper.publisher;

import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.StoredEvent;
import io.nats.client.impl.Headers;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.Objects;
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

    /** Whether what is stored under its key is what its publisher wanted to store. */
    boolean isTheSameAs(StoredEvent stored) {
        PublishCommand wanted = command;
        return wanted != null
                && stored.topic().equals(wanted.topic())
                && stored.event().equals(wanted.event())
                && Objects.equals(stored.contentType(), wanted.contentType())
                && Arrays.equals(stored.data(), wanted.data());
    }

    int weight() {
        return command == null ? 0 : command.data().length;
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
