package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.publisher.PublishLink.Live;
import dev.sandpiper.runtime.nats.EventStore;
import io.nats.client.Message;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of events that JetStream did not simply store: whether one with the same id is there, and whether it is
 * the same. Belongs to one lane and runs on its loop; the lane has taken the event out of its order of attempts meanwhile.
 */
final class Lookups {
    /** What a lane does with what was found, on its loop. */
    interface Findings {
        /** @param first the stored event when it is not this very one, null when it is, or is gone */
        void stored(Pending pending, long sequence, boolean duplicate, @Nullable StoredEvent first);

        void refused(Pending pending, PlatformError error);

        /** Nothing is known: another attempt, or the end. */
        void unanswered(Pending pending);
    }

    private final EventLoop loop;
    private final EventStore store;
    private final Duration timeout;
    private final Findings findings;

    Lookups(EventLoop loop, EventStore store, Duration timeout, Findings findings) {
        this.loop = loop;
        this.store = store;
        this.timeout = timeout;
        this.findings = findings;
    }

    /** JetStream has seen the id before, in this message: it may be this very event or one with the same key. */
    void compare(Pending pending, long sequence) {
        store.read(sequence)
                .onComplete(read -> loop.execute(() -> {
                    if (read.failed()) {
                        findings.refused(pending, new AvailabilityError.OutcomeUnknown());
                    } else {
                        compare(pending, sequence, read.result());
                    }
                }));
    }

    private void compare(Pending pending, long sequence, @Nullable StoredEvent first) {
        if (first == null) {
            findings.stored(pending, sequence, true, null);
        } else if (first.id().equals(pending.id)) {
            findings.stored(pending, sequence, false, null);
        } else if (pending.command != null && isTheSame(pending.command, first)) {
            findings.stored(pending, sequence, true, first);
        } else {
            findings.refused(pending, new ConflictError.IdempotencyConflict());
        }
    }

    /** Whether what is stored under a key is what its publisher wanted to store. */
    static boolean isTheSame(PublishCommand wanted, StoredEvent stored) {
        return stored.topic().equals(wanted.topic())
                && stored.event().equals(wanted.event())
                && Objects.equals(stored.contentType(), wanted.contentType())
                && stored.headers().equals(wanted.headers())
                && Arrays.equals(stored.data(), wanted.data());
    }

    /**
     * The topic's newest event is not the expected one. Without replicas JetStream looks at that before it looks at the id, so
     * the newest event may be this one, stored by an attempt whose acknowledgement was lost: the id must win.
     */
    void conflict(Pending pending, Live live, long last) {
        var conflict = new ConflictError.CursorConflict(new Cursor(store.epoch(), last));
        if (store.replicas() > 1) {
            findings.refused(pending, conflict);
            return;
        }
        PublishCommand command = pending.command;
        var id = pending.id;
        if (command == null || id == null) {
            throw new IllegalStateException("a slot without an event");
        }
        ask(store, live, command, id, timeout)
                .whenComplete((answer, failure) -> loop.execute(() -> {
                    long sequence = answer == null ? 0 : Math.abs(PubAck.sequence(answer.getData()));
                    if (sequence > 0 && command.key() != null) {
                        compare(pending, sequence);
                    } else if (sequence > 0) {
                        findings.stored(pending, sequence, false, null);
                    } else if (answer != null && Refusal.isUnknownId(answer)) {
                        findings.refused(pending, conflict);
                    } else {
                        findings.unanswered(pending);
                    }
                }));
    }

    /** Asks JetStream whether it knows the event's id: it answers with the sequence, as to a repetition, or refuses. */
    static CompletableFuture<Message> ask(
            EventStore store, Live live, PublishCommand command, EventId id, Duration timeout) {
        String subject = store.subjects().stored(command.tenant(), command.project(), command.topic());
        try {
            return live.connection()
                    .requestWithTimeout(subject, store.codec().probe(command, id), new byte[0], timeout)
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IllegalStateException e) {
            // Just closing.
            return CompletableFuture.failedFuture(e);
        }
    }
}
