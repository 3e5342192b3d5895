package dev.sandpiper.audit;

import io.vertx.core.Future;

/** Which node of the installation makes checkpoints. Fails with {@code DATABASE_UNAVAILABLE}. */
public interface Ownership {
    /** Becomes or stays the one, when no other is. */
    Future<Boolean> acquire();

    /** Never fails. */
    Future<Void> release();
}
