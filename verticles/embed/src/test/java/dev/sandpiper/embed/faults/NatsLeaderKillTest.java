package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsTrio;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import java.io.IOException;
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
            NatsServer first = leader(cluster, nats);
            first.kill();
            story.awaitReceipts(500);
            probe.awaitReady(true);

            assertThat(leader(cluster, nats).name()).isNotEqualTo(first.name());
            first.restart();
            story.awaitReceipts(200);
            story.endsWell();
        }
    }

    private static NatsServer leader(TestCluster cluster, NatsTrio nats) {
        String stream = cluster.node(0).settings().get("SANDPIPER_NATS_NAMESPACE") + "_EVENTS";
        return nats.server(Eventually.get(
                "the stream has a leader", Story.PATIENCE, () -> leader(stream, nats), name -> !name.isEmpty()));
    }

    /** Empty while there is none, or none that answers. */
    private static String leader(String stream, NatsTrio nats) throws InterruptedException {
        try (Connection connection = Nats.connect(nats.url())) {
            var placement =
                    connection.jetStreamManagement().getStreamInfo(stream).getClusterInfo();
            String name = placement == null ? null : placement.getLeader();
            return name == null ? "" : name;
        } catch (IOException | JetStreamApiException e) {
            return "";
        }
    }
}
