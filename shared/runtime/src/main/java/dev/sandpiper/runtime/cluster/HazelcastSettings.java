package dev.sandpiper.runtime.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import java.util.Map;

/** Hazelcast's configuration, made from ours. */
final class HazelcastSettings {
    private static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.logging.type", "slf4j"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            // Left at its default of 60 s, a frozen member holds up every call for that long.
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.operation.call.timeout.millis", "10000"),
            Map.entry("hazelcast.graceful.shutdown.max.wait", "10"),
            // Members join as soon as they ask; the defaults wait five seconds for more of them.
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.tcp.join.port.try.count", "1"),
            // Nodes that started at the same moment may each have founded a cluster: let them find each other soon.
            Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
            // Membership and a small registry need few threads.
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.io.thread.count", "1"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.clientengine.thread.count", "1"),
            Map.entry("hazelcast.clientengine.query.thread.count", "1"),
            Map.entry("hazelcast.clientengine.blocking.thread.count", "1"));

    private HazelcastSettings() {}

    static Config of(ClusterConfig cluster) {
        Config config = new Config();
        config.setClusterName(cluster.name());
        FIXED.forEach(config::setProperty);
        config.setProperty(
                "hazelcast.max.no.heartbeat.seconds",
                Long.toString(cluster.heartbeatTimeout().toSeconds()));
        config.getMetricsConfig().setEnabled(false);
        configureNetwork(config, cluster);
        configureRegistry(config);
        return config;
    }

    /**
     * A port for members alone. The port for everybody, which is the default, has a member that connects to a frozen one spin
     * until the other one says which protocol it speaks (Hazelcast 5.3's UnifiedProtocolEncoder); what it has to tell all others,
     * heartbeats too, waits behind that, and they take each other for dead.
     */
    private static void configureNetwork(Config config, ClusterConfig cluster) {
        ServerSocketEndpointConfig members = new ServerSocketEndpointConfig();
        members.setPort(cluster.port()).setPortAutoIncrement(false);
        config.setProperty("hazelcast.socket.bind.any", Boolean.toString(cluster.listensEverywhere()));
        if (!cluster.listensEverywhere()) {
            config.setProperty("hazelcast.local.localAddress", cluster.host());
        }
        if (cluster.publicHost() != null) {
            members.setPublicAddress(cluster.publicHost() + ":" + cluster.port());
        }
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        network.setEnabled(true).setMemberEndpointConfig(members);
        configureJoin(network.getJoin(), cluster);
    }

    private static void configureJoin(JoinConfig join, ClusterConfig cluster) {
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        if (cluster.kubernetesService() != null) {
            join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", cluster.kubernetesService())
                    .setProperty("service-port", Integer.toString(cluster.port()));
        } else if (!cluster.members().isEmpty()) {
            join.getTcpIpConfig()
                    .setEnabled(true)
                    .setConnectionTimeoutSeconds(2)
                    .setMembers(cluster.members());
        }
    }

    /** As vertx-hazelcast's own default-cluster.xml has it: the bus does not work without. */
    private static void configureRegistry(Config config) {
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    }
}
