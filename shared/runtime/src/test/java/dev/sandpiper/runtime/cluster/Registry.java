package dev.sandpiper.runtime.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/** Breaks the registry that all nodes share, as a partition can leave it. */
final class Registry {
    private Registry() {}

    static void forget(Vertx node, String address) {
        var manager = (HazelcastClusterManager) ((VertxInternal) node).clusterManager();
        manager.getHazelcastInstance().getMultiMap("__vertx.subs").remove(address);
    }
}
