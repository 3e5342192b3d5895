package dev.sandpiper.perf.scenarios;

import java.util.List;

/**
 * How much is asked of each scenario.
 *
 * @param seconds each measurement takes
 * @param warmUp seconds before it
 * @param idle open sockets
 * @param subscribers of the one topic in fan-out
 * @param rate events a second in fan-out
 * @param publishers keep-alive connections that publish
 * @param resuming clients that come back at once
 * @param missed events each of them has missed
 * @param connecting sockets that connect as fast as they can
 * @param arrivals sockets a second that connect at a pace
 * @param topics of ten subscribers each
 * @param topicRate events a second over all of these
 * @param orderedRate events a second on one topic of ten subscribers
 * @param open sockets over {@code openNodes} nodes
 * @param replayed old events for each of 100 clients
 * @param nodes of the clusters whose throughput is compared
 * @param connectionSteps numbers of sockets for the plot of memory
 * @param widths numbers of subscribers for the plot of fan-out
 * @param loads events a second for the plot of latency
 * @param shared whether all scenarios run on one installation, of two nodes, because none of them has time for its own
 */
public record Size(
        double seconds,
        double warmUp,
        int idle,
        int subscribers,
        int rate,
        int publishers,
        int resuming,
        int missed,
        int connecting,
        int arrivals,
        int topics,
        int topicRate,
        int orderedRate,
        int open,
        int openNodes,
        int replayed,
        List<Integer> nodes,
        List<Integer> connectionSteps,
        List<Integer> widths,
        List<Integer> loads,
        boolean shared) {

    /** A limit that another scenario of the same kind has tried already; when time is short, once is enough. */
    Limit again(Limit limit) {
        return shared ? Limit.NONE : limit;
    }

    /** As the targets are worded. */
    public static final Size FULL = new Size(
            6,
            4,
            15_000,
            1_000,
            50,
            64,
            10_000,
            100,
            15_000,
            1_000,
            10_000,
            10_000,
            10_000,
            100_000,
            6,
            10_000,
            List.of(1, 2, 4),
            List.of(2_000, 8_000, 15_000),
            List.of(10, 100, 1_000, 5_000),
            List.of(1_000, 5_000, 10_000, 20_000, 30_000, 40_000),
            false);

    /** For a first look: the same load for half the time, and fewer steps. */
    public static final Size QUICK = new Size(
            4,
            3,
            15_000,
            1_000,
            50,
            64,
            10_000,
            100,
            15_000,
            1_000,
            10_000,
            10_000,
            10_000,
            30_000,
            2,
            2_000,
            List.of(1, 2),
            List.of(1_000, 15_000),
            List.of(10, 1_000),
            List.of(1_000, 10_000, 30_000),
            false);

    /** Whether everything still works; its figures mean nothing. */
    public static final Size SMOKE = new Size(
            1,
            0.5,
            200,
            50,
            20,
            8,
            50,
            20,
            100,
            50,
            20,
            200,
            500,
            200,
            2,
            200,
            List.of(1, 2),
            List.of(),
            List.of(),
            List.of(100, 200),
            true);
}
