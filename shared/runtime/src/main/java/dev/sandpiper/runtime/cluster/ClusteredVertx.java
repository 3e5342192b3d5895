package dev.sandpiper.runtime.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.transport.Transport;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the Vert.x instance that a node runs on. */
public final class ClusteredVertx {
    private static final Logger log = LoggerFactory.getLogger(ClusteredVertx.class);
    private static final int BUS_PING_MILLIS = 5_000;
    private static final int BUS_CONNECT_MILLIS = 2_000;

    private ClusteredVertx() {}

    /**
     * Starts Vert.x and joins the cluster. Fails with an {@link IllegalStateException} that says why, such as a port that is
     * taken.
     *
     * @param options with metrics, number of event loops and so on; its event bus options are overwritten
     */
    public static Future<Vertx> start(ClusterConfig config, VertxOptions options, VertxMetricsFactory metrics) {
        Transport transport = config.transport().resolve();
        log.atInfo()
                .addKeyValue("transport", transport.name())
                .addKeyValue("cluster", config.name())
                .log("Joining the cluster");
        return Vertx.builder()
                .with(options.setEventBusOptions(busOptions(config)))
                .withMetrics(metrics)
                .withTransport(transport)
                .withClusterManager(new HazelcastClusterManager(HazelcastSettings.of(config)))
                .buildClustered()
                .recover(failure -> Future.failedFuture(new IllegalStateException(
                        "Cannot join the cluster at " + config.host() + ":" + config.port()
                                + " (SANDPIPER_CLUSTER_HOST, _PORT): " + failure.getMessage(),
                        failure)));
    }

    private static EventBusOptions busOptions(ClusterConfig config) {
        var options = new EventBusOptions()
                .setPort(config.busPort())
                .setConnectTimeout(BUS_CONNECT_MILLIS)
                .setClusterPingInterval(BUS_PING_MILLIS)
                .setClusterPingReplyInterval(BUS_PING_MILLIS);
        if (!config.listensEverywhere()) {
            options.setHost(config.host());
        }
        if (config.publicHost() != null) {
            options.setClusterPublicHost(config.publicHost());
        }
        return options;
    }
}
