package dev.sandpiper.cells;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.nats.EventStore;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event stream, and how this node writes and reads it.
 *
 * @param publisher and {@code transactions}: without the rules of topics, which come before
 * @param feed null on a node without the role
 * @param endReading ends a tenant's subscriptions with {@code STREAM_MOVED}
 * @param drain refuses new events, and completes when none waits for its acknowledgement any more, or after a while
 */
public record Cell(
        EventStore store,
        Publisher publisher,
        Transactions transactions,
        @Nullable Feed feed,
        Drain drain,
        Consumer<TenantId> endReading) {
    /** What is to be done when nothing new comes in any more. */
    public interface Drain {
        Future<Void> run();
    }

    /** Its number. */
    public int number() {
        return store.subjects().cell();
    }
}
