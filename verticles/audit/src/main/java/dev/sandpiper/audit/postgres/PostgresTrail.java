package dev.sandpiper.audit.postgres;

import dev.sandpiper.audit.Chain;
import dev.sandpiper.audit.EntrySigner;
import dev.sandpiper.audit.SignedEntry;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditTrail;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;

/** {@link AuditTrail} in PostgreSQL: one call of a function for each chain. */
public final class PostgresTrail implements AuditTrail {
    private static final String APPEND = "SELECT audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    private final EntrySigner signer;

    public PostgresTrail(EntrySigner signer) {
        this.signer = signer;
    }

    @Override
    public Future<Void> append(SqlClient transaction, AuditEntry entry) {
        TenantId tenant = entry.target().tenant();
        Future<Void> own = append(transaction, signer.sign(Chain.of(tenant), entry));
        // The installation's chain last, always: whoever waits for it holds no other that somebody else waits for.
        return tenant != null && entry.platformWide()
                ? own.compose(done -> append(transaction, signer.sign(Chain.INSTALLATION, entry)))
                : own;
    }

    static Future<Void> append(SqlClient transaction, SignedEntry entry) {
        Tuple parameters = Tuple.tuple()
                .addString(entry.chain())
                .addString(entry.envelope())
                .addString(entry.details())
                .addBuffer(Buffer.buffer(entry.salt()))
                .addBuffer(Buffer.buffer(entry.signature()))
                .addOffsetDateTime(entry.at().atOffset(ZoneOffset.UTC))
                .addString(entry.action())
                .addString(entry.project())
                .addString(entry.actor())
                .addString(entry.target());
        return transaction.preparedQuery(APPEND).execute(parameters).mapEmpty();
    }
}
