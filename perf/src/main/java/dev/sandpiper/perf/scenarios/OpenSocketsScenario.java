package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.DevServer;
import dev.sandpiper.perf.servers.SandpiperTarget;
import dev.sandpiper.perf.servers.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * More sockets than one process may have descriptors: several nodes, a bench for each, all at once. Every bench sends events
 * to all of its sockets. Measured once, because it takes long and either holds or does not.
 */
record OpenSocketsScenario(String name, int sockets, int nodes, double seconds) implements Scenario {
    @Override
    public List<Row> rows() {
        String what = sockets + " open, subscribed sockets over " + nodes + " nodes";
        return List.of(
                new Row("F8", what + ": deliveries, all checked", name, "/results/deliveries", "", "complete"),
                new Row("F8", what + ": memory over the empty nodes", name, "/results/memory_mb", "MB", "< 1,000 MB"));
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        List<String> options = List.of(
                "--topics=1",
                "--subscribers=" + sockets / nodes,
                "--rate=1",
                "--payload=128",
                "--warm-up=" + Options.seconds(0),
                "--duration=" + Options.seconds(seconds));
        try (Stage.Lease lease = stage.lease(nodes)) {
            List<Bench> runs = new ArrayList<>();
            try {
                for (DevServer.Node node : lease.server().nodes()) {
                    runs.add(Bench.start(
                            new SandpiperTarget(List.of(node), lease.server().key()),
                            Transport.WEBSOCKET,
                            "fanout",
                            options));
                }
                ObjectNode sum = JsonNodeFactory.instance.objectNode();
                long deliveries = 0;
                long kilobytes = 0;
                for (Bench run : runs) {
                    JsonNode report = run.report();
                    sum.withArray("nodes").add(report);
                    deliveries += report.at("/results/deliveries").asLong();
                    JsonNode server = report.path("server");
                    kilobytes += server.path("rss_kb_after").asLong()
                            - server.path("rss_kb_before").asLong();
                }
                sum.putObject("results").put("deliveries", deliveries).put("memory_mb", kilobytes / 1024.0);
                stage.report(name, "Sandpiper", 1, runs.getFirst().command() + " (for each node)", sum);
            } finally {
                runs.forEach(Bench::close);
            }
        }
    }
}
