package dev.sandpiper.runtime.cluster;

import static dev.sandpiper.runtime.cluster.LocalCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimultaneousStartTest {
    @Test
    void nodesThatStartAtTheSameMomentEndUpInOneCluster() {
        List<Integer> ports =
                IntStream.range(0, 3).mapToObj(i -> LocalCluster.freePort()).toList();
        List<String> members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        List<Future<Vertx>> starting = ports.stream()
                .map(port -> LocalCluster.start(LocalCluster.config("simultaneous-" + ports.get(0), port, members)))
                .toList();

        List<Vertx> nodes = starting.stream().map(LocalCluster::await).toList();
        List<Membership> memberships = IntStream.range(0, 3)
                .mapToObj(i -> await(
                        Membership.watch(nodes.get(i), "simultaneous-" + i, Duration.ofMillis(200), 1_000, () -> {})))
                .toList();

        Eventually.await(
                "all see all",
                Duration.ofSeconds(40),
                () -> memberships.stream()
                        .allMatch(membership ->
                                membership.size() == 3 && membership.check().succeeded()));
        for (Vertx from : nodes) {
            for (int to = 0; to < 3; to++) {
                assertThat(reach(from, to)).isEqualTo(7L);
            }
        }
        memberships.forEach(membership -> await(membership.close()));
        await(Future.join(nodes.stream().map(Vertx::close).toList()));
    }

    private static Long reach(Vertx from, int node) {
        var options = new DeliveryOptions().setSendTimeout(5_000);
        return (Long) await(from.eventBus().request("sandpiper.node.simultaneous-" + node, 7L, options))
                .body();
    }
}
