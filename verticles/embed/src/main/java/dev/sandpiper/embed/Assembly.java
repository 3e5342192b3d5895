package dev.sandpiper.embed;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.filters.CelFilters;
import dev.sandpiper.killswitch.KillSwitch;
import dev.sandpiper.killswitch.SuspensionRoutes;
import dev.sandpiper.killswitch.postgres.PostgresSuspensions;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.auth.Fence;
import dev.sandpiper.runtime.cluster.Membership;
import dev.sandpiper.runtime.lifecycle.Shutdown;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.management.Health;
import dev.sandpiper.runtime.management.HealthCheck;
import dev.sandpiper.runtime.management.ManagementConfig;
import dev.sandpiper.runtime.management.ManagementVerticle;
import dev.sandpiper.runtime.management.NodeMetrics;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.topics.TopicService;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a node together. What can start side by side does: the database is migrated while the cluster is joined, and the event
 * store, the credentials and the membership come up together. Whatever has started registers how it ends, so that a start
 * that fails half-way ends in the same order as a node.
 */
final class Assembly {
    private static final Logger log = LoggerFactory.getLogger(Assembly.class);

    private final NodeConfig config;
    private final Runnable onDropped;
    private final LocalUsers users;
    private final long begun = System.nanoTime();
    private final Health health = new Health();
    private final Shutdown shutdown = new Shutdown();
    private final NodeMetrics metrics;
    private final Future<Void> migrated;

    Assembly(NodeConfig config, @Nullable Runnable onDropped, LocalUsers users) {
        this.config = config;
        this.users = users;
        this.onDropped = onDropped == null ? () -> {} : onDropped;
        this.metrics = new NodeMetrics(config.general().nodeId());
        this.migrated = config.general().migrate()
                ? DatabaseStartup.migrate(config.postgres(), config.general().databaseStartupTimeout())
                : Future.succeededFuture();
    }

    NodeMetrics metrics() {
        return metrics;
    }

    Shutdown shutdown() {
        return shutdown;
    }

    /** Once. When it fails, everything that had started has ended. */
    Future<Sandpiper> on(Vertx vertx) {
        Database database = Database.open(vertx, config.postgres(), metrics.registry());
        shutdown.add(ShutdownStage.CLOSE, "postgresql", database::close);
        health.add(HealthCheck.of("postgresql", database::probe));
        var start = new Start(vertx, config, metrics.registry(), health, shutdown, database, new Fence());
        shutdown.add(ShutdownStage.DISCONNECT, "fence", () -> {
            start.fence().remove();
            return Future.succeededFuture();
        });
        shutdown.add(ShutdownStage.UNREADY, "health", () -> turnUnready(vertx));
        shutdown.add(ShutdownStage.LEAVE, "metrics", this::closeMetrics);
        metrics.watch(vertx);
        // Of no context: the event loops may have ended by the time a failure is told.
        Promise<Sandpiper> started = Promise.promise();
        management(vertx)
                .compose(management -> parts(start, management))
                .onSuccess(this::ready)
                .onComplete(started::complete, failure -> shutdown.run().onComplete(ended -> started.fail(failure)));
        return started.future();
    }

    private Future<Sandpiper> parts(Start start, ManagementVerticle management) {
        AuditParts audit = AuditParts.create(start);
        TopicService topics = TopicParts.create(start, audit.trail());
        KillSwitch killSwitch = killSwitch(start, audit.trail());
        Future<Void> suspensions = migrated.compose(done -> killSwitch.start());
        Future<CredentialParts> credentials =
                migrated.compose(done -> CredentialParts.start(start, users, killSwitch, audit.trail()));
        Future<Void> rules = migrated.compose(done -> topics.start());
        Future<EventParts> events = EventParts.start(start, topics, migrated, audit.trail())
                .map(up -> up.guardedBy(killSwitch, new SuspensionRoutes(killSwitch)));
        Future<DeadLetterParts> deadLetters = events.compose(up -> DeadLetterParts.start(start, up));
        Future<Void> membership = membership(start.vertx());
        var cursors = new CursorCodec(DerivedSecrets.cursorKey(config.general().secret()));
        var filters = new CelFilters(config.filters(), metrics.registry());
        // Waits for all of them even when one fails: whatever has started must be known to be ended.
        return Future.join(List.of(credentials, suspensions, rules, events, deadLetters, membership))
                .onSuccess(up -> RetentionParts.start(
                        start, events.result().stores(), start.database(), topics.rules(), topics::limitRetention))
                .compose(up -> ScheduleParts.start(start, events.result()))
                .compose(schedules -> Listener.start(
                        start,
                        events.result(),
                        topics,
                        schedules,
                        credentials.result(),
                        cursors,
                        deadLetters.result().routes(cursors, audit.journal()),
                        filters,
                        audit))
                .map(gate -> new Sandpiper(
                        start.vertx(),
                        config,
                        events.result(),
                        credentials.result(),
                        cursors,
                        gate,
                        management,
                        health,
                        shutdown));
    }

    private static KillSwitch killSwitch(Start start, AuditTrail trail) {
        var killSwitch = new KillSwitch(
                start.vertx(),
                start.general().nodeId(),
                new PostgresSuspensions(start.database(), trail),
                start.config().killswitch(),
                start.registry());
        start.shutdown().add(ShutdownStage.DISCONNECT, "kill switch", killSwitch::close);
        start.fence().watch(killSwitch.wakefulness());
        return killSwitch;
    }

    private Future<ManagementVerticle> management(Vertx vertx) {
        ManagementConfig where = config.management();
        var management =
                new ManagementVerticle(where, health, metrics, config.general().nodeId());
        return vertx.deployVerticle(management)
                .recover(failure -> Future.failedFuture(new IllegalStateException(
                        "Cannot listen on " + where.host() + ":" + where.port()
                                + " (SANDPIPER_MANAGEMENT_HOST, _PORT): " + failure.getMessage(),
                        failure)))
                .map(id -> {
                    shutdown.add(ShutdownStage.CLOSE, "management", () -> vertx.undeploy(id));
                    return management;
                });
    }

    private Future<Void> membership(Vertx vertx) {
        return Membership.watch(
                        vertx,
                        config.general().nodeId(),
                        config.cluster().selfCheckInterval(),
                        config.cluster().selfCheckFailures(),
                        onDropped)
                .map(membership -> {
                    health.add(membership);
                    shutdown.add(ShutdownStage.DISCONNECT, "membership", membership::close);
                    Gauge.builder("sandpiper.cluster.nodes", membership, Membership::size)
                            .description("Nodes of the cluster that this one sees, itself included")
                            .register(metrics.registry());
                    return null;
                });
    }

    private Future<?> turnUnready(Vertx vertx) {
        health.shuttingDown();
        long delay = config.general().shutdownDelay().toMillis();
        return delay == 0 ? Future.succeededFuture() : vertx.timer(delay, TimeUnit.MILLISECONDS);
    }

    private Future<?> closeMetrics() {
        metrics.close();
        return Future.succeededFuture();
    }

    private void ready(Sandpiper node) {
        health.started();
        log.atInfo()
                .addKeyValue("roles", config.general().roles())
                .addKeyValue("http", node.httpPort())
                .addKeyValue("management", node.managementPort())
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
                .log("Node {} is up", config.general().nodeId());
    }
}
