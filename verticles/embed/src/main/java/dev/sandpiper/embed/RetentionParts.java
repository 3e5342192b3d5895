package dev.sandpiper.embed;

import dev.sandpiper.retention.Janitor;
import dev.sandpiper.retention.JanitorClient;
import dev.sandpiper.retention.RetentionRoutes;
import dev.sandpiper.retention.StorageRoutes;
import dev.sandpiper.retention.nats.NatsEventLogs;
import dev.sandpiper.retention.postgres.PostgresLimits;
import dev.sandpiper.retention.postgres.PostgresOwnership;
import dev.sandpiper.retention.postgres.PostgresUsage;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.postgres.Database;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How long events are kept: what clients ask and decide, and, on a node with an event store, a candidate for the janitor. */
final class RetentionParts {
    private RetentionParts() {}

    /** @param rulesLimit whether any topic may have a limit of its own */
    static void start(
            Start start,
            @Nullable EventStores stores,
            Database database,
            TopicRules rules,
            BooleanSupplier rulesLimit) {
        var config = start.config().retention();
        if (stores == null || !config.enabled()) {
            return;
        }
        var janitor = new Janitor(
                start.vertx(),
                config,
                new NatsEventLogs(stores, config.readRate()),
                new PostgresLimits(database, AuditTrail.NONE, Clock.systemUTC()),
                new PostgresOwnership(database),
                rules,
                rulesLimit,
                start.registry());
        start.shutdown().add(ShutdownStage.DISCONNECT, "janitor", janitor::close);
        janitor.start();
    }

    static List<Routes> routes(Start start, Database database, AuditParts audit) {
        var client = new JanitorClient(start.vertx());
        var limits = new PostgresLimits(database, audit.trail(), Clock.systemUTC());
        return List.of(
                new RetentionRoutes(limits, client, start.config().retention()),
                new StorageRoutes(new PostgresUsage(database), client, audit.journal()));
    }
}
