package dev.sandpiper.embed;

import dev.sandpiper.audit.AuditConfig;
import dev.sandpiper.audit.AuditRoutes;
import dev.sandpiper.audit.AuditService;
import dev.sandpiper.audit.EntrySigner;
import dev.sandpiper.audit.Keys;
import dev.sandpiper.audit.NotaryLoop;
import dev.sandpiper.audit.RefusalRecorder;
import dev.sandpiper.audit.SigningKey;
import dev.sandpiper.audit.nats.CheckpointStream;
import dev.sandpiper.audit.postgres.PostgresJournal;
import dev.sandpiper.audit.postgres.PostgresOwnership;
import dev.sandpiper.audit.postgres.PostgresTrail;
import dev.sandpiper.audit.postgres.PostgresTrailStore;
import dev.sandpiper.runtime.audit.AuditJournal;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.audit.Refusals;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.postgres.Database;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The audit trail, which features append to on every node. On a node with an event store it can be asked for, and one of those makes
 * checkpoints.
 */
final class AuditParts {
    private final Start start;
    private final Keys keys;
    private final EntrySigner signer;
    private final AuditTrail trail;

    private AuditParts(Start start, Keys keys) {
        this.start = start;
        this.keys = keys;
        this.signer = new EntrySigner(keys.current(), Clock.systemUTC());
        this.trail = new PostgresTrail(signer);
    }

    /** Asks neither PostgreSQL nor the event store yet. */
    static AuditParts create(Start start) {
        AuditConfig config = start.config().audit();
        Secret own = config.signingKey();
        Secret secret = own == null ? start.general().secret() : own;
        var key = SigningKey.of(DerivedSecrets.auditKey(secret));
        return new AuditParts(start, Keys.of(key, config.formerKeys()));
    }

    AuditTrail trail() {
        return trail;
    }

    AuditJournal journal() {
        return new PostgresJournal(start.database(), trail);
    }

    /**
     * When the schema is there.
     *
     * @param stores null on a node that is not connected
     */
    Listening listen(@Nullable EventStores stores) {
        if (stores == null) {
            return new Listening(List.of(), Refusals.IGNORED);
        }
        AuditConfig config = start.config().audit();
        Database database = start.database();
        var checkpoints =
                new CheckpointStream(stores.first(), start.config().nats().replicas());
        var service = new AuditService(
                start.vertx(), new PostgresTrailStore(database), checkpoints, signer, keys, config, start.registry());
        NotaryLoop notary = service.loop(checkpoints, new PostgresOwnership(database));
        start.shutdown().add(ShutdownStage.DISCONNECT, "notary", notary::close);
        notary.start();
        var refusals = new RefusalRecorder(start.vertx(), journal(), service, config);
        start.shutdown().add(ShutdownStage.DISCONNECT, "refusals", refusals::close);
        return new Listening(List.of(new AuditRoutes(service)), refusals);
    }

    /** What the listener needs of it. */
    record Listening(List<Routes> routes, Refusals refusals) {}
}
