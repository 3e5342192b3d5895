package dev.sandpiper.perf.faults.load;

import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Publishers;
import dev.sandpiper.testkit.clients.ResumingSubscriber;
import dev.sandpiper.testkit.clients.StoredTopic;
import dev.sandpiper.testkit.history.Entry;
import dev.sandpiper.testkit.history.History;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Publishers and subscribers that go on, whatever breaks. Each event has an idempotency key and is sent until there is a receipt;
 * subscribers come back with their cursor; a {@link History} for each topic keeps all of it.
 */
public final class Traffic implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final List<URI> servers;
    private final String key;
    private final List<Line> lines = new ArrayList<>();

    private record Line(String topic, History history, List<ResumingSubscriber> subscribers, Publishers publishers) {}

    private Traffic(List<URI> servers, String key) {
        this.servers = servers;
        this.key = key;
    }

    /** Subscribers and publishers are spread over all nodes. */
    public static Traffic start(Installation installation, Shape shape) {
        return start(
                installation,
                shape,
                subscriber -> subscriber % installation.nodes().size());
    }

    /** @param homes the node that each subscriber begins with, all topics counted through */
    public static Traffic start(Installation installation, Shape shape, IntUnaryOperator homes) {
        var traffic =
                new Traffic(installation.urls(), installation.credentials().client());
        try {
            for (int topic = 0; topic < shape.topics(); topic++) {
                traffic.add(topic, shape, homes);
            }
            return traffic;
        } catch (RuntimeException | Error e) {
            traffic.close();
            throw e;
        }
    }

    private void add(int number, Shape shape, IntUnaryOperator homes) {
        String topic = "faults." + number;
        var history = new History();
        List<ResumingSubscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < shape.subscribers(); i++) {
            int home = homes.applyAsInt(number * shape.subscribers() + i);
            subscribers.add(
                    ResumingSubscriber.on(servers, home, key, topic, history.reader(topic + " subscriber " + i)));
        }
        // Each connection has the next server as its home.
        List<URI> turned = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            turned.add(servers.get((number + i) % servers.size()));
        }
        lines.add(new Line(
                topic,
                history,
                subscribers,
                Publishers.start(history, turned, key, topic, shape.publishers(), Integer.MAX_VALUE, shape.pause())));
    }

    public int acknowledged() {
        return lines.stream().mapToInt(line -> line.history().acknowledged()).sum();
    }

    /** Waits until so many more events have been acknowledged, over all topics. */
    public void awaitReceipts(int more) {
        int wanted = acknowledged() + more;
        Eventually.await(more + " more receipts", PATIENCE, () -> {
            lines.forEach(line -> line.publishers().requireNoFailure());
            return acknowledged() >= wanted;
        });
    }

    /** Waits until every subscriber is connected. */
    public void awaitSubscribers() {
        Eventually.await("every subscriber is back", PATIENCE, () -> {
            lines.forEach(line -> line.subscribers().forEach(ResumingSubscriber::requireNoFailure));
            return lines.stream().flatMap(line -> line.subscribers().stream()).allMatch(ResumingSubscriber::isOpen);
        });
    }

    /** How many answers there were so far of a status, over all topics. */
    public int answers(int status) {
        return lines.stream()
                .mapToInt(line -> line.publishers().statuses().getOrDefault(status, 0))
                .sum();
    }

    /** Ends the publishing, waits until every subscriber has the last event, and judges. */
    public Verdict judge() {
        List<String> violations = new ArrayList<>();
        Map<Integer, Integer> statuses = new HashMap<>();
        Map<String, Integer> refusals = new HashMap<>();
        List<Duration> absences = new ArrayList<>();
        int stored = 0;
        int unanswered = 0;
        long delivered = 0;
        Duration slowest = Duration.ZERO;
        Duration gap = Duration.ZERO;
        lines.forEach(line -> line.publishers().finish());
        for (Line line : lines) {
            List<Entry> stream = StoredTopic.read(servers.getFirst(), key, line.topic());
            stored += stream.size();
            if (!stream.isEmpty()) {
                String last = stream.getLast().event();
                Eventually.await("all of " + line.topic() + " is delivered", PATIENCE, () -> {
                    line.subscribers().forEach(ResumingSubscriber::requireNoFailure);
                    return line.subscribers().stream()
                            .allMatch(subscriber -> subscriber.reader().has(last));
                });
            }
            violations.addAll(line.history().violations(stream));
            line.publishers().statuses().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            line.publishers().refusals().forEach((code, count) -> refusals.merge(code, count, Integer::sum));
            unanswered += line.publishers().unanswered().size();
            slowest = max(slowest, line.publishers().slowest());
            gap = max(gap, line.history().longestGap());
            for (ResumingSubscriber subscriber : line.subscribers()) {
                delivered += subscriber.reader().count();
                absences.addAll(subscriber.absences());
            }
        }
        return new Verdict(
                List.copyOf(violations),
                acknowledged(),
                stored,
                delivered,
                Map.copyOf(statuses),
                Map.copyOf(refusals),
                unanswered,
                slowest,
                gap,
                absences.stream().sorted().toList());
    }

    @Override
    public void close() {
        lines.forEach(line -> {
            line.publishers().close();
            line.subscribers().forEach(ResumingSubscriber::close);
        });
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
