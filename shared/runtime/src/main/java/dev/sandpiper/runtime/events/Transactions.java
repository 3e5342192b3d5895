package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import io.vertx.core.Future;
import java.util.List;

/**
 * Appends several events in one step. The future succeeds only after the event store's acknowledgement, with a receipt for each
 * event in order, and completes on the caller's context.
 *
 * <p>Fails as {@link Publisher} does, with nothing stored unless the outcome is unknown; also with {@code CURSOR_CONFLICT} when the
 * precondition of one of the events does not hold.
 */
public interface Transactions {
    Future<List<PublishReceipt>> publish(PublishTransaction transaction);
}
