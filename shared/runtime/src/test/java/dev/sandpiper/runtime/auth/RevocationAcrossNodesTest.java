package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.cluster.ClusterConfig;
import dev.sandpiper.runtime.cluster.ClusteredVertx;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Two real nodes of one cluster, which do not ask PostgreSQL for changes while the test runs: only word of mouth counts. */
class RevocationAcrossNodesTest {
    private final int first = freePort();
    private final int second = freePort();

    @Test
    void aKeyThatIsRevokedOnOneNodeIsRefusedOnTheOtherByWordAlone() {
        Vertx here = join(first);
        Vertx there = join(second);
        try (AuthWorld world = new AuthWorld(
                PostgresFixture.shared().createDatabase().url(), Map.of("KEY_POLL_INTERVAL", "1m"), here)) {
            IssuedKey key = world.issue();
            IssuedKey kept = world.issue();
            CachingAuthenticator node = world.node(there);
            var told = new ConcurrentLinkedQueue<KeyId>();
            node.onRevoked(told::add);
            await(node.start());
            await(node.authenticate(key.key().reveal()));
            await(node.authenticate(kept.key().reveal()));
            long queries = world.queries(node);

            await(world.keys.revoke(ACME, key.info().id()));

            Eventually.await(
                    "the listener is told", () -> told.contains(key.info().id()));
            assertFails(node.authenticate(key.key().reveal()), "INVALID_API_KEY");
            await(node.authenticate(kept.key().reveal()));
            assertThat(world.queries(node)).isEqualTo(queries);
        } finally {
            await(there.close());
            await(here.close());
        }
    }

    private Vertx join(int port) {
        var settings = new Settings(Map.of(
                "SANDPIPER_CLUSTER_NAME", "keys-" + first,
                "SANDPIPER_CLUSTER_PORT", Integer.toString(port),
                "SANDPIPER_CLUSTER_MEMBERS", "127.0.0.1:" + first + ",127.0.0.1:" + second)::get);
        ClusterConfig config = ClusterConfig.from(settings);
        settings.check();
        return await(ClusteredVertx.start(config, new VertxOptions(), options -> new VertxMetrics() {}));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
