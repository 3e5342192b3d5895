package dev.sandpiper.embed.topics;

import static dev.sandpiper.embed.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Three nodes; the second is in another cluster, and so hears nothing of the first; the third has no publisher. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RulesAcrossNodesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @SuppressWarnings("NullAway.Init")
    private TestCluster cluster;

    @BeforeAll
    void start() {
        cluster = TestCluster.start(
                Map.of(),
                List.of(
                        Map.of("TOPICS_POLL_INTERVAL", "1m"),
                        Map.of("CLUSTER_NAME", "deaf", "CLUSTER_MEMBERS", ""),
                        Map.of("ROLES", "http,sockets,feed")));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void everyNodeFollowsWithinASecond() {
        TestProject project = cluster.createProject();
        var api = new RuleApi(cluster.node(2), project);
        assertThat(api.put("t", "{\"schema\":{\"type\":\"number\"}}").status()).isEqualTo(201);
        for (int i = 0; i < 3; i++) {
            TestNode node = cluster.node(i);
            Eventually.await("node " + i + " refuses", SECOND, () -> refuses(node, project));
        }
        assertThat(api.delete("t").status()).isEqualTo(204);
        for (int i = 0; i < 3; i++) {
            TestNode node = cluster.node(i);
            Eventually.await("node " + i + " takes it again", SECOND, () -> !refuses(node, project));
        }
    }

    @Test
    void whatComesOverTheBusKeepsTheRulesToo() {
        TestProject project = cluster.createProject();
        var api = new RuleApi(cluster.node(0), project);
        api.put("t", "{\"class\":\"ephemeral\",\"schema\":{\"properties\":{\"a\":{\"type\":\"number\"}}}}");
        var overBus = new RuleApi(cluster.node(2), project);
        Eventually.succeeds(SECOND, () -> {
            RuleApi.Answer refused = overBus.publish("{\"topic\":\"t\",\"data\":{\"a\":\"x\"}}");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.error()
                            .getJsonObject("details")
                            .getJsonArray("errors")
                            .getJsonObject(0)
                            .getString("pointer"))
                    .isEqualTo("/a");
        });
        assertThat(overBus.publish("{\"topic\":\"t\",\"data\":{\"a\":1}}")
                        .json()
                        .getString("class"))
                .isEqualTo("ephemeral");
    }

    private static boolean refuses(TestNode node, TestProject project) {
        var command = new PublishCommand(
                project.tenant(),
                project.project(),
                new Topic("t"),
                "test",
                "\"x\"".getBytes(StandardCharsets.UTF_8),
                null,
                null,
                null,
                null);
        try {
            await(node.sandpiper().publisher().publish(command));
            return false;
        } catch (PlatformException e) {
            assertThat(e.error().code()).isEqualTo("INVALID_EVENT_PAYLOAD");
            return true;
        }
    }
}
