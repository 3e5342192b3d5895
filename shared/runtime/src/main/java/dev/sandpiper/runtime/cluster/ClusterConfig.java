package dev.sandpiper.runtime.cluster;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this node takes part in the cluster.
 *
 * @param name nodes of another cluster name are strangers
 * @param host the address that cluster and bus listen on, which is also the one others reach this node by; {@code 0.0.0.0}
 *     listens on all of them and lets Hazelcast choose which to tell
 * @param publicHost what others reach this node by when it is not {@code host}; null when it is
 * @param port of the membership protocol
 * @param busPort of the event bus, 0 for any
 * @param members {@code host} or {@code host:port} of some members; empty for a cluster of one
 * @param kubernetesService the name of a headless service whose DNS record lists the members; null when there is none
 * @param heartbeatTimeout after this much silence a member is taken for dead
 * @param selfCheckInterval how often the node asks the cluster for itself
 * @param selfCheckFailures after so many failures in a row the node gives up
 */
public record ClusterConfig(
        String name,
        String host,
        @Nullable String publicHost,
        int port,
        int busPort,
        List<String> members,
        @Nullable String kubernetesService,
        Duration heartbeatTimeout,
        Duration selfCheckInterval,
        int selfCheckFailures,
        TransportChoice transport) {
    public ClusterConfig {
        members = List.copyOf(members);
    }

    public static ClusterConfig from(Settings settings) {
        String kubernetesService = settings.optional(
                "CLUSTER_KUBERNETES_SERVICE",
                "DNS name of a headless Kubernetes service that lists the members, instead of a list");
        List<String> members = settings.list(
                "CLUSTER_MEMBERS",
                List.of(),
                "Some members to join, as host or host:port, separated by commas; empty for a cluster of one");
        if (kubernetesService != null && !members.isEmpty()) {
            settings.fault("CLUSTER_MEMBERS", "and SANDPIPER_CLUSTER_KUBERNETES_SERVICE exclude each other");
        }
        return new ClusterConfig(
                settings.text("CLUSTER_NAME", "sandpiper", "Nodes join only nodes of the same cluster name"),
                settings.text(
                        "CLUSTER_HOST",
                        "127.0.0.1",
                        "Address that cluster and event bus listen on; use one that only the other nodes can reach, because"
                                + " neither is encrypted"),
                settings.optional(
                        "CLUSTER_PUBLIC_HOST", "Address by which the other nodes reach this one, when it is another"),
                settings.integer("CLUSTER_PORT", 5701, 1, 65_535, "Port of the membership protocol"),
                settings.integer("CLUSTER_BUS_PORT", 0, 0, 65_535, "Port of the event bus between nodes; 0 for any"),
                members,
                kubernetesService,
                settings.duration(
                        "CLUSTER_HEARTBEAT_TIMEOUT",
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1),
                        "After this much silence a member is taken for dead"),
                settings.duration(
                        "CLUSTER_SELF_CHECK_INTERVAL",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        "How often the node checks that the cluster still knows it"),
                settings.integer(
                        "CLUSTER_SELF_CHECK_FAILURES",
                        3,
                        1,
                        100,
                        "After so many failed self-checks in a row the node exits, to be restarted"),
                settings.choice(
                        "TRANSPORT",
                        TransportChoice.class,
                        TransportChoice.AUTO,
                        "Network transport: auto, io_uring, epoll or nio; auto takes the first that works"));
    }

    boolean listensEverywhere() {
        return host.equals("0.0.0.0") || host.equals("::");
    }
}
