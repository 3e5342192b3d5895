package dev.sandpiper.runtime.cluster;

import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.management.HealthCheck;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether the cluster still knows this node. After a partition the shared registry can be left without a node's
 * addresses, or without the node, while both believe that all is well (vertx-hazelcast issue 196); bus messages then go
 * nowhere. The node therefore registers one address of its own and looks it up in the registry again and again, past the
 * bus, which would deliver to itself even when unregistered. Dropped, it is unready; dropped for several looks in a row, it
 * gives up, because only a restart registers everything anew.
 */
public final class Membership implements HealthCheck {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    private static final Duration LOOK_DEADLINE = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final @Nullable ClusterManager cluster;
    private final String address;
    private final int patience;
    private final Runnable onDropped;
    private final MessageConsumer<Long> self;
    private volatile @Nullable String fault = "not looked up yet";
    private int failures;
    private long timer;

    private Membership(Vertx vertx, String nodeId, int patience, Runnable onDropped) {
        this.vertx = vertx;
        this.cluster = ((VertxInternal) vertx).clusterManager();
        this.address = BusAddresses.node(nodeId);
        this.patience = patience;
        this.onDropped = onDropped;
        this.self = vertx.eventBus().consumer(address, message -> message.reply(message.body()));
    }

    /**
     * Registers the node and begins to watch. Without a cluster there is nothing to watch, and the check is always well.
     *
     * @param patience after so many failed looks in a row {@code onDropped} is called, once
     */
    public static Future<Membership> watch(
            Vertx vertx, String nodeId, Duration interval, int patience, Runnable onDropped) {
        var membership = new Membership(vertx, nodeId, patience, onDropped);
        return membership
                .self
                .completion()
                .compose(registered -> membership.look())
                .map(looked -> {
                    membership.timer = vertx.setPeriodic(interval.toMillis(), tick -> membership.look());
                    return membership;
                });
    }

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public Future<Void> check() {
        String found = fault;
        return found == null ? Future.succeededFuture() : Future.failedFuture(found);
    }

    /** The number of nodes that this one sees, itself included. */
    public int size() {
        return cluster == null ? 1 : cluster.getNodes().size();
    }

    public Future<Void> close() {
        vertx.cancelTimer(timer);
        return self.unregister();
    }

    private Future<Void> look() {
        if (cluster == null) {
            fault = null;
            return Future.succeededFuture();
        }
        return lookUp(cluster)
                .timeout(LOOK_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(known -> found())
                .onFailure(this::missing)
                .otherwiseEmpty();
    }

    private Future<Void> lookUp(ClusterManager manager) {
        Promise<NodeInfo> node = Promise.promise();
        Promise<List<RegistrationInfo>> registrations = Promise.promise();
        manager.getNodeInfo(manager.getNodeId(), node);
        manager.getRegistrations(address, registrations);
        return Future.all(node.future(), registrations.future()).compose(answers -> {
            boolean registered = registrations.future().result().stream()
                    .anyMatch(registration -> registration.nodeId().equals(manager.getNodeId()));
            return registered
                    ? Future.succeededFuture()
                    : Future.failedFuture("the cluster's registry does not know this node");
        });
    }

    private synchronized void found() {
        if (failures > 0) {
            log.atInfo().log("The cluster knows this node again");
        }
        failures = 0;
        fault = null;
    }

    private void missing(Throwable cause) {
        int inARow;
        synchronized (this) {
            inARow = ++failures;
            fault = String.valueOf(cause.getMessage());
        }
        log.atWarn()
                .addKeyValue("failures", inARow)
                .addKeyValue("reason", String.valueOf(cause.getMessage()))
                .log("The cluster does not know this node");
        if (inARow == patience) {
            onDropped.run();
        }
    }
}
