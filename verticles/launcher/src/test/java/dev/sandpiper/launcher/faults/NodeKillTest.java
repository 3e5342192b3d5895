package dev.sandpiper.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Publishers;
import dev.sandpiper.testkit.clients.StoredTopic;
import dev.sandpiper.testkit.clients.Subscriber;
import dev.sandpiper.testkit.history.Entry;
import dev.sandpiper.testkit.history.History;
import dev.sandpiper.testkit.history.Reader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kill -9} of the node that a subscriber is on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodeKillTest {
    private static final int EVENTS = 10_000;
    private static final Duration DELIVERY = Duration.ofSeconds(30);

    @Test
    void aSubscriberContinuesOnAnotherNodeWithEveryEventInOrderAndNoneTwice() throws Exception {
        String topic = "orders.kill";
        var history = new History();
        Reader moved = history.reader("moved");
        Reader stayed = history.reader("stayed");
        try (DevCluster cluster = DevCluster.start()) {
            String key = cluster.key();
            List<DevCluster.Node> left = List.of(cluster.node(0), cluster.node(2));
            try (Subscriber other = Subscriber.on(cluster.node(0).url(), key, topic, stayed)) {
                Subscriber victim = Subscriber.on(cluster.node(1).url(), key, topic, moved);
                Publishers publishers = Publishers.start(
                        history, left.stream().map(DevCluster.Node::url).toList(), key, topic, 16, EVENTS);
                try (publishers;
                        victim) {
                    Eventually.await("the stream runs", DELIVERY, () -> moved.count() > EVENTS / 5);
                    cluster.node(1).kill();
                    assertThat(history.acknowledged())
                            .as("the kill is in the middle of the stream")
                            .isLessThan(EVENTS);

                    assertThat(victim.ending().code()).isEqualTo(1006);
                    try (Subscriber resumed = Subscriber.on(cluster.node(2).url(), key, topic, moved)) {
                        publishers.awaitAll();
                        List<Entry> stream = StoredTopic.read(cluster.node(0).url(), key, topic);
                        String last = stream.getLast().event();
                        awaitAll("who stayed", other, stayed, last);
                        awaitAll("who came back", resumed, moved, last);

                        assertThat(history.violations(stream)).isEmpty();
                        assertThat(stream).hasSize(EVENTS);
                        assertThat(publishers.unanswered()).isEmpty();
                        assertThat(publishers.statuses())
                                .as("the others served on")
                                .containsOnlyKeys(201);
                        assertThat(resumed.isOpen()).isTrue();
                        assertThat(other.isOpen()).isTrue();
                    }
                }
            }
            assertThat(cluster.isAlive()).isTrue();
            assertThat(left).allMatch(node -> node.process().isAlive());
            assertThat(cluster.output()).contains("Node 2 has ended with exit code 137");
        }
    }

    private static void awaitAll(String who, Subscriber subscriber, Reader reader, String last) {
        Eventually.get(
                "all is delivered to " + who,
                DELIVERY,
                () -> reader.count() + " events, " + (subscriber.isOpen() ? "connected" : subscriber.ending()),
                state -> reader.has(last));
    }
}
