package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsFixture;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} of nats-server while events are published. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class NatsKillTest {
    @Test
    void nothingAcknowledgedIsLostNobodyHangsAndSubscribersNeverNotice() throws Exception {
        NatsFixture nats = NatsFixture.own();
        try (TestCluster cluster =
                TestCluster.start(Map.of("NATS_URL", nats.url()), List.of(Map.of(), Map.of(), Map.of()))) {
            var nodes = List.of(cluster.node(0), cluster.node(1), cluster.node(2));
            try (var story = new Story(nodes, cluster.createProject(), 6)) {
                var probe = new Probe(cluster.node(1));
                story.awaitReceipts(1_000);
                int before = connections(nats);
                nats.server().kill();
                story.awaitStatus(503, 20);
                probe.awaitReady(false);
                assertThat(probe.readiness().body()).contains("event-store");
                assertThat(probe.liveness().status()).isEqualTo(200);

                nats.server().restart();
                story.awaitReceipts(1_000);
                probe.awaitReady(true);
                nats.server().kill();
                story.awaitStatus(503, story.publishers().statuses().getOrDefault(503, 0) + 1);
                nats.server().restart();
                story.awaitReceipts(500);

                story.endsWell();
                Eventually.await("as many connections as before", () -> connections(nats) == before);
            }
        } finally {
            nats.server().kill();
        }
    }

    private static int connections(NatsFixture nats) throws Exception {
        URI varz = URI.create(nats.server().monitoringUrl() + "/varz");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(varz).build(), HttpResponse.BodyHandlers.ofString());
            return new JsonObject(answer.body()).getInteger("connections");
        }
    }
}
