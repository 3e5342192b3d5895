package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.NatsTrio;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} of the nats-server that leads a stream with three replicas, while events are published. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NatsLeaderKillTest {
    @Test
    void anotherServerLeadsNothingAcknowledgedIsLostAndSubscribersNeverNotice() throws Exception {
        try (NatsTrio nats = NatsTrio.start(false);
                TestCluster cluster = TestCluster.start(
                        Map.of("NATS_URL", nats.url(), "NATS_REPLICAS", "3"), List.of(Map.of(), Map.of()));
                var story = new Story(List.of(cluster.node(0), cluster.node(1)), cluster.createProject(), 4)) {
            var probe = new Probe(cluster.node(0));
            story.awaitReceipts(500);
            NatsServer first = StreamLeader.of(cluster.node(0), nats);
            first.kill();
            story.awaitReceipts(500);
            probe.awaitReady(true);

            assertThat(StreamLeader.of(cluster.node(0), nats).name()).isNotEqualTo(first.name());
            first.restart();
            story.awaitReceipts(200);
            story.endsWell();
        }
    }
}
