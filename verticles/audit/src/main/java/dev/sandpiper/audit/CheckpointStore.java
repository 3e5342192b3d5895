package dev.sandpiper.audit;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where checkpoints are kept, out of reach of whoever owns the database. Every future fails with {@code EVENT_STORE_UNAVAILABLE}.
 * Safe for use by several threads.
 */
public interface CheckpointStore {
    /** Makes sure that it is there; any number of nodes at the same time. */
    Future<Void> ensure();

    /** False when there is another one with this number. */
    Future<Boolean> add(Checkpoint checkpoint);

    /** The newest of a chain; null for none. */
    Future<@Nullable Checkpoint> newest(String chain);

    /** Null when there is none of this number. */
    Future<@Nullable Checkpoint> find(String chain, long number);

    /** What of the store's settings would let checkpoints disappear; empty when nothing does. */
    Future<List<String>> weaknesses();
}
