package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Transport;
import java.util.ArrayList;
import java.util.List;

/** The same publishing load and the same number of sockets a node, over clusters of several sizes. */
record NodesScenario(String name, List<Integer> nodes, Loads loads, int socketsPerNode) implements Scenario {
    @Override
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int n : nodes) {
            rows.add(new Row(
                    "F7",
                    "durable events/s over " + n + " node(s)",
                    publishing(n),
                    "/results/events_per_second",
                    "/s",
                    "monotonic where cores allow"));
        }
        for (int n : nodes) {
            rows.add(new Row(
                    "F7",
                    "resident memory per socket, " + socketsPerNode + " on each of " + n + " node(s)",
                    sockets(n),
                    "/results/kb_per_connection",
                    "KB",
                    "flat"));
        }
        return rows;
    }

    private String publishing(int n) {
        return name + "@" + n;
    }

    private String sockets(int n) {
        return name + "-sockets@" + n;
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        for (int n : nodes) {
            try (Stage.Lease lease = stage.lease(n);
                    Target target = lease.target(n)) {
                // Memory first, while the nodes are new.
                measure(stage, target, "idle", loads.idle(socketsPerNode * n), sockets(n), 1);
                for (int i = 1; i <= stage.repetitions(); i++) {
                    measure(stage, target, "publish", loads.publish(1), publishing(n), i);
                }
            }
        }
    }

    private static void measure(
            Stage stage, Target target, String bench, List<String> options, String scenario, int repetition)
            throws BenchFailure, InterruptedException {
        try (Bench run = Bench.start(target, Transport.WEBSOCKET, bench, options)) {
            stage.report(scenario, target.name(), repetition, run.command(), run.report());
        }
    }
}
