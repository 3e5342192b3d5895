package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.WorkerWord;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Durable consumers, for whoever holds the connections of their workers. Call on an event loop; everything comes back there. */
public interface Consumers {
    /** Deliveries that a worker may have at the same time when it did not say. */
    int DEFAULT_CREDIT = 10;

    /**
     * Gives deliveries to a worker, in no order with those that others are given. Whatever goes wrong is told to the listener.
     *
     * @param credit deliveries that may be with the worker at the same time: those that it has said nothing about, wherever,
     *     and whose time is not over
     * @throws PlatformException with {@code INVALID_PARAMETER} for a name that no consumer can have
     */
    Consumption consume(Principal who, String consumer, int credit, ConsumptionListener listener);

    /**
     * Obeys a worker, whichever way the delivery came. Succeeds when it is in force; fails with a {@link PlatformException}, such as
     * {@code STALE_DELIVERY}.
     *
     * @return receipts of what was published with it, a JSON array; null when nothing was to be
     */
    Future<byte @Nullable []> tell(Principal who, String consumer, String token, WorkerWord word);
}
