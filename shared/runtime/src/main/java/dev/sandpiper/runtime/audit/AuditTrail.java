package dev.sandpiper.runtime.audit;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;

/** The audit trail, as features write it. Safe for use by several threads. */
public interface AuditTrail {
    /** Keeps nothing: for tools and tests that change things nobody asks about later. */
    AuditTrail NONE = (transaction, entry) -> Future.succeededFuture();

    /**
     * Appends inside a transaction: the entry is there exactly when the change is. Make it the last statement. From here to
     * the commit no other change of the same tenant gets on, and whoever changes several tenants in one transaction appends in
     * the order of their ids.
     *
     * <p>When it fails the transaction must fail.
     *
     * @param transaction as {@link dev.sandpiper.runtime.postgres.DatabaseAccess#transaction} gives it
     */
    Future<Void> append(SqlClient transaction, AuditEntry entry);
}
