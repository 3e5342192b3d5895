package dev.sandpiper.consumers;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.events.EventFilter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The event stream as consumers see it. Every future fails with {@code EVENT_STORE_UNAVAILABLE} when the stream's leader does
 * not answer, and completes on the caller's context.
 */
public interface ConsumerStream {
    /** Makes sure that the consumer exists; where it stands it stays. */
    Future<Void> ensure(Consumer consumer);

    /** As it is right now; makes the consumer when it is missing. */
    Future<ConsumerState> state(Consumer consumer);

    /** Succeeds too when there is none. */
    Future<Void> remove(String durable);

    /**
     * Takes what there is, up to {@code batch} events, waiting for the first. What the consumer does not want is acknowledged
     * and left out; the list may therefore be empty before the time is over.
     *
     * @param filter made off the event loop; null for none
     */
    Future<List<PulledEvent>> pull(Consumer consumer, int batch, Duration wait, @Nullable Supplier<EventFilter> filter);

    /**
     * Looks for an event with the command's dedupe key among those that were stored behind a position: for when JetStream may
     * have forgotten the key. Null when there is none.
     */
    Future<@Nullable PublishReceipt> published(PublishCommand command, long after);

    /** After this the event is not delivered again. Succeeds when the server has confirmed it. */
    Future<Void> acknowledge(String reply);

    /** Likewise, and the event becomes a dead letter. */
    Future<Void> terminate(String reply, @Nullable String reason);

    /** To be delivered again after the delay. */
    Future<Void> refuse(String reply, Duration delay);

    /** The time that the worker has begins anew. */
    Future<Void> prolong(String reply);
}
