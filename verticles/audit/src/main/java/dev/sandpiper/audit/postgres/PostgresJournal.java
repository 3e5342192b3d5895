package dev.sandpiper.audit.postgres;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditJournal;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.core.Future;

/** {@link AuditJournal} in PostgreSQL. */
public final class PostgresJournal implements AuditJournal {
    private final Database database;
    private final AuditTrail trail;

    public PostgresJournal(Database database, AuditTrail trail) {
        this.database = database;
        this.trail = trail;
    }

    @Override
    public Future<Void> write(AuditEntry entry) {
        TenantId tenant = entry.target().tenant();
        DatabaseAccess access = tenant == null ? database.platform() : database.forTenant(tenant);
        return access.transaction(transaction -> trail.append(transaction, entry));
    }
}
