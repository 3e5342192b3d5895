package dev.sandpiper.embed;

import static dev.sandpiper.embed.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.services.FreePorts;
import dev.sandpiper.testkit.FaultProxy;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a node starts when something is not as it should be. */
class StartTest {
    @Test
    void aTakenPortIsNamedAndNothingIsLeftRunning() throws Exception {
        int clusterPort = FreePorts.next();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var start = start(Map.of(
                    "HTTP_PORT",
                    Integer.toString(taken.getLocalPort()),
                    "CLUSTER_PORT",
                    Integer.toString(clusterPort)));

            assertThatThrownBy(() -> await(start))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("Cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(FreePorts.isFree(clusterPort)).isTrue();
    }

    @Test
    void aTakenClusterPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var start = start(Map.of("CLUSTER_PORT", Integer.toString(taken.getLocalPort())));

            assertThatThrownBy(() -> await(start)).hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void natsThatIsNotThereIsWaitedForAndThenNamed() {
        int nothing = FreePorts.next();

        var start = start(Map.of("NATS_URL", "nats://127.0.0.1:" + nothing, "NATS_STARTUP_TIMEOUT", "500ms"));

        assertThatThrownBy(() -> await(start)).hasMessageContaining("NATS cannot be reached");
    }

    @Test
    void postgresqlThatIsNotThereIsWaitedForAndThenNamed() {
        int nothing = FreePorts.next();

        var start = start(Map.of(
                "DATABASE_URL",
                "postgresql://sandpiper:secret@127.0.0.1:" + nothing + "/sandpiper",
                "DATABASE_STARTUP_TIMEOUT",
                "500ms"));

        assertThatThrownBy(() -> await(start)).hasMessageContaining("the database cannot be migrated");
    }

    @Test
    void aNodeStartsOnceItsServicesAreThere() {
        String url = PostgresFixture.shared().createDatabase().url();
        int postgres = URI.create(url).getPort();
        int nats = URI.create(NatsFixture.shared().url()).getPort();
        try (FaultProxy toPostgres = FaultProxy.to(postgres);
                FaultProxy toNats = FaultProxy.to(nats)) {
            toPostgres.cut();
            toNats.cut();
            Future<Sandpiper> start = start(Map.of(
                    "DATABASE_URL",
                    url.replace(":" + postgres + "/", ":" + toPostgres.port() + "/"),
                    "NATS_URL",
                    "nats://127.0.0.1:" + toNats.port()));
            assertThat(start.isComplete()).isFalse();

            toPostgres.restore();
            toNats.restore();

            Sandpiper node = await(start);
            assertThat(await(node.health().report()).ready()).isTrue();
            await(node.shutdown());
        }
    }

    private static Future<Sandpiper> start(Map<String, String> overrides) {
        return Sandpiper.builder()
                .config(NodeConfig.from(TestNode.settings(overrides), Set.of()))
                .start();
    }
}
