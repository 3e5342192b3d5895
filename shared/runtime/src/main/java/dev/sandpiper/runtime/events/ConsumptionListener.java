package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;

/** Receives deliveries, on the event loop that asked for them. Must not block and must not throw. */
public interface ConsumptionListener {
    /** Once, before anything else. */
    void onOpen(ConsumptionState state);

    /**
     * One event. Do not flush yet.
     *
     * @param token what the worker refers to it by
     * @param delivery how often the event was delivered, this time included
     */
    void onDelivery(StoredEvent event, String token, int delivery);

    /** After the last delivery of a batch: the moment to flush. */
    void onBatchEnd();

    /** Nothing follows {@link ConsumptionState#DELETED}. */
    void onState(ConsumptionState state);

    /** Instead of {@link #onOpen}: there is no such consumer, or it is not known whether there is. Nothing follows. */
    void onFailure(PlatformError error);
}
