package dev.sandpiper.runtime.audit;

import io.vertx.core.Future;

/**
 * Writes an entry in a transaction of its own: for what is changed elsewhere than in PostgreSQL. Written before the change is made, so
 * that there is no change without its entry; the entry says that the change was asked for, since it may still fail. Safe for use by several
 * threads.
 */
@FunctionalInterface
public interface AuditJournal {
    /** Keeps nothing: for tools and tests that change things nobody asks about later. */
    AuditJournal NONE = entry -> Future.succeededFuture();

    /** Fails with {@code DATABASE_UNAVAILABLE}, and then nothing may be changed. */
    Future<Void> write(AuditEntry entry);
}
