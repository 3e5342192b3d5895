package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsTrio;
import dev.sandpiper.testkit.clients.ScheduleCrowd;
import dev.sandpiper.testkit.clients.TransactionCrowd;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} of the leader of a stream with three replicas, in the middle of transactions and of scheduled events. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class NatsLeaderKillPublishingTest {
    private static final int SCHEDULES = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void everyTransactionIsThereAsAWholeOrNotAtAllAndEveryScheduledEventOnce() throws Exception {
        try (NatsTrio nats = NatsTrio.start(false);
                TestCluster cluster = TestCluster.start(
                        Map.of("NATS_URL", nats.url(), "NATS_REPLICAS", "3", "SCHEDULES_TAKE_OVER_INTERVAL", "500ms"),
                        List.of(Map.of(), Map.of()))) {
            List<URI> servers = List.of(cluster.node(0).http(), cluster.node(1).http());
            URI server = servers.getFirst();
            String key = cluster.createProject().key();
            var schedules = new ScheduleCrowd(servers, key, "later");
            schedules.plan(SCHEDULES, Instant.now().plusSeconds(8), Duration.ofSeconds(8));
            try (TransactionCrowd crowd = TransactionCrowd.start(servers, key, "bank", 4)) {
                Eventually.await("transactions run", PATIENCE, () -> crowd.acknowledged() > 50);
                Eventually.await("schedules run", PATIENCE, () -> schedules.published(server, key) > SCHEDULES / 10);
                NatsServer first = StreamLeader.of(cluster.node(0), nats);
                first.kill();
                assertThat(schedules.published(server, key))
                        .as("the kill is in the middle")
                        .isLessThan(SCHEDULES * 8 / 10);
                int before = crowd.acknowledged();
                Eventually.await("transactions go on", PATIENCE, () -> crowd.acknowledged() > before + 50);
                assertThat(StreamLeader.of(cluster.node(0), nats).name()).isNotEqualTo(first.name());
                first.restart();
                schedules.awaitEnd(server, key, PATIENCE);
                crowd.finish();
                assertThat(crowd.failures()).isEmpty();
                assertThat(crowd.violations(server, key)).isEmpty();
                assertThat(schedules.violations(server, key)).isEmpty();
            }
        }
    }
}
