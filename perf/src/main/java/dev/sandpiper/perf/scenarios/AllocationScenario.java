package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Child;
import dev.sandpiper.perf.servers.DevServer;
import dev.sandpiper.perf.servers.Metrics;
import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bytes that a node's threads allocate while it fans out in steady state, by the JDK's flight recorder, over the deliveries
 * that its metrics count meanwhile. What the events themselves cost (publishing, storing) is in it.
 */
record AllocationScenario(String name, List<String> fanout, double settle, double seconds) implements Scenario {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DELIVERIES = "sandpiper_sockets_deliveries_total";

    @Override
    public List<Row> rows() {
        return List.of(new Row(
                "F13",
                "bytes allocated per delivery, steady state",
                name,
                "/results/bytes_per_delivery",
                "B",
                "< 16 B"));
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        try (Stage.Lease lease = new Stage.Lease(stage.warm(), false);
                Target target = lease.target(1);
                Bench run = Bench.start(target, Transport.WEBSOCKET, "fanout", fanout)) {
            ObjectNode report = record(lease.server(), run);
            run.report();
            stage.report(name, target.name(), 1, run.command(), report);
        }
    }

    private ObjectNode record(DevServer server, Bench run) throws BenchFailure, InterruptedException {
        DevServer.Node node = server.node(0);
        Path recording = temporaryFile();
        try (Metrics metrics = new Metrics(node)) {
            double begin = metrics.sum(DELIVERIES);
            run.child().awaitReady(PATIENCE, () -> sum(metrics) > begin);
            pause(settle);
            jcmd(server, node.pid(), "JFR.start", "name=perf", "settings=default");
            double before = metrics.sum(DELIVERIES);
            pause(seconds);
            double after = metrics.sum(DELIVERIES);
            jcmd(server, node.pid(), "JFR.stop", "name=perf", "filename=" + recording);
            Allocation allocated = Allocation.read(recording);
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            ObjectNode results = report.putObject("results");
            results.put("deliveries", after - before)
                    .put("bytes", allocated.all())
                    .put("bytes_on_event_loops", allocated.eventLoops());
            if (after > before) {
                results.put("bytes_per_delivery", allocated.all() / (after - before));
            }
            return report;
        } finally {
            recording.toFile().delete();
        }
    }

    private static double sum(Metrics metrics) {
        try {
            return metrics.sum(DELIVERIES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The length of a measurement, not a wait for something to happen. */
    private static void pause(double seconds) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Math.round(seconds * 1_000));
    }

    private static void jcmd(DevServer server, long pid, String command, String... arguments)
            throws BenchFailure, InterruptedException {
        List<String> line = new ArrayList<>(List.of(server.tool("jcmd"), Long.toString(pid), command));
        line.addAll(List.of(arguments));
        try (Child child = Child.start("jcmd", line, Map.of())) {
            if (child.await(PATIENCE) != 0) {
                throw new BenchFailure(command + " failed: " + child.printed());
            }
        }
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("perf", ".jfr");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
