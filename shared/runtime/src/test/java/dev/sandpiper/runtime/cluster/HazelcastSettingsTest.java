package dev.sandpiper.runtime.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.runtime.config.Settings;
import io.vertx.core.transport.Transport;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HazelcastSettingsTest {
    private final Map<String, String> variables = new HashMap<>();

    @Test
    void byDefaultANodeIsAloneOnLoopbackAndTellsNobody() {
        Config config = config();

        JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
        assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
        assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
        assertThat(config.getProperty("hazelcast.local.localAddress")).isEqualTo("127.0.0.1");
        assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    }

    @Test
    void aFrozenMemberIsTakenForDeadAfterEightSeconds() {
        assertThat(config().getProperty("hazelcast.max.no.heartbeat.seconds")).isEqualTo("8");
        assertThat(config().getProperty("hazelcast.heartbeat.interval.seconds")).isEqualTo("1");
    }

    @Test
    void membersAreJoinedByTheirAddresses() {
        variables.put("SANDPIPER_CLUSTER_MEMBERS", "10.0.0.1, 10.0.0.2:5702");
        variables.put("SANDPIPER_CLUSTER_HOST", "10.0.0.3");
        variables.put("SANDPIPER_CLUSTER_PUBLIC_HOST", "203.0.113.7");
        variables.put("SANDPIPER_CLUSTER_PORT", "5703");

        Config config = config();

        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly("10.0.0.1", "10.0.0.2:5702");
        assertThat(members(config).getPort()).isEqualTo(5703);
        assertThat(members(config).getPublicAddress()).isEqualTo("203.0.113.7:5703");
        assertThat(config.getProperty("hazelcast.local.localAddress")).isEqualTo("10.0.0.3");
    }

    @Test
    void inKubernetesAHeadlessServiceListsTheMembers() {
        variables.put("SANDPIPER_CLUSTER_KUBERNETES_SERVICE", "sandpiper-cluster.default.svc.cluster.local");
        variables.put("SANDPIPER_CLUSTER_HOST", "0.0.0.0");

        Config config = config();

        var kubernetes = config.getAdvancedNetworkConfig().getJoin().getKubernetesConfig();
        assertThat(kubernetes.isEnabled()).isTrue();
        assertThat(kubernetes.getProperty("service-dns")).isEqualTo("sandpiper-cluster.default.svc.cluster.local");
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().isEnabled())
                .isFalse();
        assertThat(config.getProperty("hazelcast.local.localAddress")).isNull();
        assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("true");
    }

    @Test
    void membersAndAServiceExcludeEachOther() {
        variables.put("SANDPIPER_CLUSTER_MEMBERS", "10.0.0.1");
        variables.put("SANDPIPER_CLUSTER_KUBERNETES_SERVICE", "sandpiper-cluster");
        var settings = new Settings(variables::get);
        ClusterConfig.from(settings);

        assertThatThrownBy(settings::check).isInstanceOf(InvalidSettings.class);
    }

    @Test
    void theTransportIsTheFirstThatWorksUnlessOneIsNamed() {
        assertThat(TransportChoice.AUTO.resolve().available()).isTrue();
        assertThat(TransportChoice.NIO.resolve()).isSameAs(Transport.NIO);
    }

    private static ServerSocketEndpointConfig members(Config config) {
        return (ServerSocketEndpointConfig) Objects.requireNonNull(
                config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER));
    }

    private Config config() {
        var settings = new Settings(variables::get);
        Config config = HazelcastSettings.of(ClusterConfig.from(settings));
        settings.check();
        return config;
    }
}
