package dev.sandpiper.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.KeepAlive;
import dev.sandpiper.testkit.clients.ScheduleCrowd;
import dev.sandpiper.testkit.clients.TransactionCrowd;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} of the node that publishes scheduled events, in the middle of them and of transactions. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PublishingKillTest {
    private static final int SCHEDULES = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void everyTransactionIsThereAsAWholeOrNotAtAllAndEveryScheduledEventOnce() throws Exception {
        try (DevCluster cluster = DevCluster.start()) {
            List<DevCluster.Node> nodes =
                    IntStream.range(0, 3).mapToObj(cluster::node).toList();
            List<URI> servers = nodes.stream().map(DevCluster.Node::url).toList();
            String key = cluster.key();
            var schedules = new ScheduleCrowd(servers, key, "later");
            schedules.plan(SCHEDULES, Instant.now().plusSeconds(10), Duration.ofSeconds(8));
            DevCluster.Node owner = Eventually.get(
                            "one node publishes", PATIENCE, () -> owners(nodes), owners -> owners.size() == 1)
                    .getFirst();
            URI left = nodes.stream()
                    .filter(node -> !node.equals(owner))
                    .findFirst()
                    .orElseThrow()
                    .url();
            try (TransactionCrowd crowd = TransactionCrowd.start(servers, key, "bank", 6)) {
                Eventually.await("transactions run", PATIENCE, () -> crowd.acknowledged() > 50);
                Eventually.await("schedules run", PATIENCE, () -> schedules.published(left, key) > SCHEDULES / 10);
                owner.kill();
                assertThat(schedules.published(left, key))
                        .as("the kill is in the middle")
                        .isLessThan(SCHEDULES * 8 / 10);
                int before = crowd.acknowledged();
                Eventually.await("transactions go on", PATIENCE, () -> crowd.acknowledged() > before + 50);
                schedules.awaitEnd(left, key, PATIENCE);
                crowd.finish();
                assertThat(crowd.failures()).isEmpty();
                assertThat(crowd.unknown()).as("some were under way").isPositive();
                assertThat(crowd.violations(left, key)).isEmpty();
                assertThat(schedules.violations(left, key)).isEmpty();
            }
            assertThat(cluster.output()).contains("has ended with exit code 137");
        }
    }

    private static List<DevCluster.Node> owners(List<DevCluster.Node> nodes) {
        return nodes.stream().filter(PublishingKillTest::isOwner).toList();
    }

    private static boolean isOwner(DevCluster.Node node) {
        try (var client = new KeepAlive(node.management(), "", PATIENCE)) {
            return client.get("/metrics")
                    .body()
                    .lines()
                    .anyMatch(line -> line.startsWith("sandpiper_schedules_owner") && line.endsWith(" 1.0"));
        } catch (IOException e) {
            throw new AssertionError("no metrics of " + node.url(), e);
        }
    }
}
