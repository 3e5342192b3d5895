package dev.sandpiper.retention;

import io.vertx.core.Future;

/**
 * What makes one node the janitor. Everything but {@link #acquire} is proven to happen while this node is; otherwise it fails
 * with {@code DATABASE_UNAVAILABLE}, and the node has to acquire it anew. For one thread.
 */
public interface Ownership {
    /** Whether this node is the janitor now. */
    Future<Boolean> acquire();

    /** Proves it, and tells the version of what was decided: see {@link Policies#version}. */
    Future<Long> prove();

    Future<Void> save(Snapshot snapshot);

    Future<Void> save(CheckReport report);

    /** Never fails. */
    Future<Void> release();
}
