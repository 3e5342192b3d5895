package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.DevServer;
import dev.sandpiper.perf.servers.Proc;
import java.util.List;

/**
 * From the start of a node's process to its first {@code 200} on {@code /health/ready}, and what it holds then. The process
 * starts at the same time as PostgreSQL's demo data are made.
 */
record StartScenario(String name) implements Scenario {
    @Override
    public List<Row> rows() {
        return List.of(
                new Row("F14", "from the start of a node to ready", name, "/results/seconds", "s", "< 3 s"),
                new Row("F14", "resident memory of an empty node", name, "/results/memory_mb", "MB", "< 150 MB"));
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        int repetitions = stage.size().shared() ? 1 : stage.repetitions();
        for (int i = 1; i <= repetitions; i++) {
            try (Stage.Lease lease = stage.lease(1)) {
                DevServer server = lease.server();
                ObjectNode report = JsonNodeFactory.instance.objectNode();
                report.putObject("results")
                        .put("seconds", server.startedWithin().toMillis() / 1e3)
                        .put("memory_mb", new Proc(server.node(0).pid()).residentKilobytes() / 1024.0);
                stage.report(name, "Sandpiper", i, "./sandpiper dev --json", report);
            }
        }
    }
}
