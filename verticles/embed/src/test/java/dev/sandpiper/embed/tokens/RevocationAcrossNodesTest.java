package dev.sandpiper.embed.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Three nodes; the third is in another cluster, and so hears nothing of the others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationAcrossNodesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @SuppressWarnings("NullAway.Init")
    private TestCluster cluster;

    @BeforeAll
    void start() {
        cluster = TestCluster.start(
                Map.of(),
                List.of(
                        Map.of("TOKENS_POLL_INTERVAL", "1m"),
                        Map.of("TOKENS_POLL_INTERVAL", "1m"),
                        Map.of("CLUSTER_NAME", "deaf", "CLUSTER_MEMBERS", "")));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void socketsAndRequestsOfAUserEndOnEveryNode() {
        var users = new Users(cluster.node(0), cluster.createProject());
        String token = users.token("mallory", 600);
        List<UserSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                TestNode node = cluster.node(i);
                sockets.add(open(node, token));
            }
            users.asAdmin("POST", "/v1/admin/tokens/revoke", new JsonObject().put("user", "mallory"));
            Eventually.await(
                    "the first two are cut off",
                    SECOND,
                    () -> sockets.get(0).isClosed() && sockets.get(1).isClosed());
            Eventually.await("and the one that heard nothing", Duration.ofSeconds(5), sockets.get(2)::isClosed);
            assertThat(sockets).allMatch(socket -> socket.closeCode() == 4502);
            for (int i = 0; i < 3; i++) {
                assertThat(cluster.node(i)
                                .sandpiper()
                                .authenticator()
                                .authenticate(token)
                                .failed())
                        .as("node " + i)
                        .isTrue();
            }
        } finally {
            sockets.forEach(UserSocket::close);
        }
    }

    /** As soon as the node knows the issuer. */
    private static UserSocket open(TestNode node, String token) {
        Eventually.await(() -> TestNode.await(node.sandpiper()
                .authenticator()
                .authenticate(token)
                .transform(done -> Future.succeededFuture(done.succeeded()))));
        return new UserSocket(node, token);
    }
}
