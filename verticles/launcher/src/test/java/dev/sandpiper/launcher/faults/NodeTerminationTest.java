package dev.sandpiper.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Publishers;
import dev.sandpiper.testkit.clients.StoredTopic;
import dev.sandpiper.testkit.clients.Subscriber;
import dev.sandpiper.testkit.history.Entry;
import dev.sandpiper.testkit.history.History;
import dev.sandpiper.testkit.history.Reader;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SIGTERM of a node that has work to do. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodeTerminationTest {
    private static final Duration DELIVERY = Duration.ofSeconds(30);
    private static final int SUBSCRIBERS = 3;

    @Test
    void nothingIsLostNorLeftUnansweredAndSubscribersAreToldWhenToComeBack() throws Exception {
        String topic = "orders.term";
        var history = new History();
        List<Reader> readers = IntStream.range(0, SUBSCRIBERS)
                .mapToObj(i -> history.reader("moved-" + i))
                .toList();
        try (DevCluster cluster = DevCluster.start()) {
            String key = cluster.key();
            DevCluster.Node leaving = cluster.node(1);
            DevCluster.Node staying = cluster.node(2);
            List<URI> nodes =
                    IntStream.range(0, 3).mapToObj(i -> cluster.node(i).url()).toList();
            List<Subscriber> subscribers = new ArrayList<>();
            readers.forEach(reader -> subscribers.add(Subscriber.on(leaving.url(), key, topic, reader)));
            try (Publishers publishers = Publishers.start(history, nodes, key, topic, 6, Integer.MAX_VALUE)) {
                Eventually.await(
                        "the stream runs", DELIVERY, () -> readers.getFirst().count() > 1_000);
                leaving.terminate();

                for (int i = 0; i < SUBSCRIBERS; i++) {
                    Subscriber.Ending ending = subscribers.get(i).ending();
                    assertThat(ending.code()).isEqualTo(4000);
                    assertThat(ending.reason()).contains("retry_after");
                    subscribers.set(i, Subscriber.on(staying.url(), key, topic, readers.get(i)));
                }
                leaving.awaitEnd();
                int sofar = history.acknowledged();
                Eventually.await("the others serve on", DELIVERY, () -> history.acknowledged() > sofar + 500);
                publishers.finish();

                List<Entry> stream = StoredTopic.read(staying.url(), key, topic);
                String last = stream.getLast().event();
                Eventually.await(
                        "all is delivered", DELIVERY, () -> readers.stream().allMatch(reader -> reader.has(last)));
                assertThat(history.violations(stream)).isEmpty();
                assertThat(publishers.unanswered()).isEmpty();
            } finally {
                subscribers.forEach(Subscriber::close);
            }
            assertThat(cluster.isAlive()).isTrue();
        }
    }
}
