package dev.sandpiper.bench.load;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribes to what.
 *
 * @param series that a connection is to receive, ascending
 * @param topic of a series
 * @param cursor from which a connection continues, null for live
 * @param first number that a subscriber is to receive of each series
 */
public record Plan(
        IntFunction<int[]> series, IntFunction<String> topic, IntFunction<@Nullable String> cursor, int first) {

    /**
     * A series is a topic, and every topic has so many subscribers, dealt to the connections in turn: to one each when there are
     * as many connections, to each connection several topics when there are fewer.
     */
    public static Plan live(int topics, int subscribers, int connections, IntFunction<String> topic) {
        long subscriptions = (long) topics * subscribers;
        return new Plan(
                connection -> {
                    int count = (int) ((subscriptions - connection + connections - 1) / connections);
                    return IntStream.range(0, count)
                            .map(i -> (int) ((connection + (long) i * connections) / subscribers))
                            .distinct()
                            .toArray();
                },
                topic,
                connection -> null,
                0);
    }

    /** Every connection has one topic; topics are dealt to connections in turn. */
    public static Plan spread(int topics, IntFunction<String> topic) {
        return new Plan(connection -> new int[] {connection % topics}, topic, connection -> null, 0);
    }

    Subscriber.Opening opening(int connection, InetSocketAddress to) {
        return new Subscriber.Opening(
                to,
                Arrays.stream(series.apply(connection))
                        .mapToObj(topic)
                        .distinct()
                        .toList(),
                cursor.apply(connection));
    }
}
