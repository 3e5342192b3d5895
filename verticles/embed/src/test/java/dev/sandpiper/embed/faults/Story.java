package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
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

/** One topic with a subscriber on each node and publishers on all of them, who work on while things break. */
final class Story implements AutoCloseable {
    /** Within which a request that cannot be served is answered. */
    static final Duration ANSWER = Duration.ofSeconds(2);

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String TOPIC = "orders.new";

    private final List<URI> nodes;
    private final String key;
    private final History history = new History();
    private final List<Reader> readers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final Publishers publishers;

    /** @param connections that publish, in all */
    Story(List<TestNode> nodes, TestProject project, int connections) {
        this.nodes = nodes.stream().map(TestNode::http).toList();
        this.key = project.key();
        for (URI node : this.nodes) {
            Reader reader = history.reader("on " + node.getPort());
            readers.add(reader);
            subscribers.add(Subscriber.on(node, key, TOPIC, reader));
        }
        this.publishers = Publishers.start(history, this.nodes, key, TOPIC, connections, Integer.MAX_VALUE);
    }

    Publishers publishers() {
        return publishers;
    }

    /** Waits until so many more events have been acknowledged. */
    void awaitReceipts(int more) {
        int wanted = history.acknowledged() + more;
        Eventually.await(more + " more receipts", PATIENCE, () -> {
            publishers.requireNoFailure();
            return history.acknowledged() >= wanted;
        });
    }

    /** Waits until so many answers in all had this status. */
    void awaitStatus(int status, int count) {
        Eventually.await(
                count + " answers " + status,
                PATIENCE,
                () -> publishers.statuses().getOrDefault(status, 0) >= count);
    }

    /** The subscriber of a node comes back to it, with its cursor. */
    void resubscribe(int node) {
        subscribers.get(node).close();
        subscribers.set(node, Subscriber.on(nodes.get(node), key, TOPIC, readers.get(node)));
    }

    /** Ends the publishing, waits until every subscriber has the last event, on the connection that it had, and judges. */
    void endsWell() {
        publishers.finish();
        List<Entry> stream = StoredTopic.read(nodes.getFirst(), key, TOPIC);
        String last = stream.getLast().event();
        Eventually.await("all is delivered", PATIENCE, () -> readers.stream().allMatch(reader -> reader.has(last)));
        assertThat(history.violations(stream)).isEmpty();
        assertThat(subscribers).allMatch(Subscriber::isOpen);
        assertThat(publishers.unanswered()).isEmpty();
        assertThat(publishers.statuses().keySet()).as("statuses").isSubsetOf(201, 503);
        assertThat(publishers.slowest()).isLessThan(ANSWER);
    }

    @Override
    public void close() {
        publishers.close();
        subscribers.forEach(Subscriber::close);
    }
}
