package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import io.vertx.core.Future;

/**
 * Appends events. The future succeeds only after the event store's acknowledgement and completes on the caller's context.
 *
 * <p>Fails with a {@link dev.sandpiper.domain.PlatformException}: {@code PUBLISHER_SATURATED}, {@code
 * EVENT_STORE_UNAVAILABLE} (surely not stored), {@code OUTCOME_UNKNOWN} (perhaps stored), {@code IDEMPOTENCY_CONFLICT},
 * {@code STORAGE_FULL}, {@code SHUTTING_DOWN}.
 */
public interface Publisher {
    /** Call on an event loop. Calls made one after the other on one event loop keep their order per topic. */
    Future<PublishReceipt> publish(PublishCommand command);
}
