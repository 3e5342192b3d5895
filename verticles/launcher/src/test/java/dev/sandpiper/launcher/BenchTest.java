package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import dev.sandpiper.launcher.Cli.Running;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every scenario of {@code bench} against a real node, all at the same time, and what is printed. */
class BenchTest {
    private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("idle", "idle --connections=50 --topics=5 --duration=1s");
        COMMANDS.put("fanout", "fanout --subscribers=50 --rate=20 --duration=2s --warm-up=1s");
        COMMANDS.put("publish", "publish --connections=8 --duration=1s --warm-up=1s --batch=5 --read-back");
        COMMANDS.put("latency", "latency --rates=20,40 --duration=1s --warm-up=1s");
        COMMANDS.put("resume", "resume --connections=50 --topics=2 --missed=20");
        COMMANDS.put("connect", "connect --connections=50 --rate=100");
        COMMANDS.put(
                "sse",
                "fanout --protocol=sandpiper-sse --topics=10 --subscribers=5 --connections=10 --zipf=1 --rate=50"
                        + " --duration=2s --warm-up=0");
        COMMANDS.put("refused", "fanout --key=sp_wrong --subscribers=5");
    }

    private static final Map<String, Outcome> OUTCOMES = new LinkedHashMap<>();

    @TempDir
    private static Path folder;

    private static Dev dev;

    @BeforeAll
    static void runAll() {
        dev = Dev.start(Cli.in(folder), folder.resolve("data"));
        JsonObject node = dev.announcement().getJsonArray("nodes").getJsonObject(0);
        Map<String, Running> running = new LinkedHashMap<>();
        COMMANDS.forEach((name, command) -> {
            // Memory by process id, or by the metrics.
            String server = name.equals("fanout")
                    ? "--management=" + node.getString("management")
                    : "--pid=" + node.getLong("pid");
            running.put(name, dev.client().start("", arguments(command, server, "--json")));
        });
        running.forEach((name, process) -> OUTCOMES.put(name, process.outcome()));
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    private static String[] arguments(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(command.split(" ")));
        Stream.of(more).forEach(arguments::add);
        return arguments.toArray(String[]::new);
    }

    private static Outcome outcome(String name) {
        return Objects.requireNonNull(OUTCOMES.get(name), name);
    }

    /** The report of a run that passed, whose messages were all counted. */
    private static JsonObject passed(String name, long messages) {
        Outcome outcome = outcome(name);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.lines()).hasSize(1);
        JsonObject report = new JsonObject(outcome.out());
        assertThat(report.fieldNames())
                .containsExactly(
                        "scenario", "protocol", "parameters", "started", "seconds", "results", "server", "verified");
        JsonObject verified = report.getJsonObject("verified");
        assertThat(verified.getLong("expected")).isGreaterThanOrEqualTo(messages);
        assertThat(verified.getLong("received")).isEqualTo(verified.getLong("expected"));
        for (String bad : List.of("lost", "repeated", "reordered")) {
            assertThat(verified.getLong(bad)).isZero();
        }
        assertThat(report.getJsonObject("server").getLong("rss_kb_before")).isGreaterThan(10_000);
        assertThat(report.getJsonObject("server").getLong("rss_kb_after")).isGreaterThan(10_000);
        return report.getJsonObject("results");
    }

    @Test
    void idleConnectionsAreMeasuredAndProvenToBeThere() {
        JsonObject results = passed("idle", 50);
        assertThat(results.fieldNames())
                .containsExactly("connections", "kb_per_connection", "kb_per_further_connection");
        assertThat(results.getInteger("connections")).isEqualTo(50);
    }

    @Test
    void fanOutSaysWhatADeliveryCostsAndHowLateItIs() {
        JsonObject results = passed("fanout", 3_000);
        assertThat(results.fieldNames())
                .containsExactly(
                        "deliveries",
                        "cpu_micros_per_delivery",
                        "p50_ms",
                        "p90_ms",
                        "p99_ms",
                        "p999_ms",
                        "max_ms",
                        "deliveries_per_second");
        assertThat(results.getLong("deliveries")).isEqualTo(2_000);
        assertThat(results.getDouble("cpu_micros_per_delivery")).isPositive();
        assertThat(results.getDouble("p50_ms")).isPositive().isLessThanOrEqualTo(results.getDouble("max_ms"));
    }

    @Test
    void publishingCountsReceiptsAndReadsBackWhatWasStored() {
        JsonObject results = passed("publish", 100);
        assertThat(results.fieldNames()).containsExactly("events_per_second", "p50_ms", "p99_ms", "errors");
        assertThat(results.getDouble("events_per_second")).isPositive();
        assertThat(results.getLong("errors")).isZero();
    }

    @Test
    void latencyHasAStepForEachRate() {
        JsonObject results = passed("latency", 800);
        assertThat(results.getJsonArray("steps")).hasSize(2);
        JsonObject step = results.getJsonArray("steps").getJsonObject(1);
        assertThat(step.fieldNames()).containsExactly("rate", "achieved", "p50_ms", "p95_ms", "p99_ms");
        assertThat(step.getDouble("rate")).isEqualTo(40);
        assertThat(step.getDouble("achieved")).isBetween(20.0, 45.0);
    }

    @Test
    void resumingClientsGetWhatTheyMissed() {
        JsonObject results = passed("resume", 1_000);
        assertThat(results.fieldNames()).containsExactly("clients", "missed_each", "seconds_until_all", "cpu_seconds");
        assertThat(results.getInteger("clients")).isEqualTo(50);
        assertThat(results.getDouble("seconds_until_all")).isPositive();
    }

    @Test
    void arrivingConnectionsAreTimedUntilTheyAreSubscribed() {
        JsonObject results = passed("connect", 50);
        assertThat(results.fieldNames()).containsExactly("connections", "seconds", "p50_ms", "p99_ms", "per_second");
        assertThat(results.getDouble("seconds")).isBetween(0.45, 20.0);
        assertThat(results.getDouble("p99_ms")).isPositive();
    }

    @Test
    void serverSentEventsForManyTopicsOnFewConnections() {
        assertThat(passed("sse", 500).getLong("deliveries")).isEqualTo(500);
    }

    @Test
    void aServerThatRefusesFailsTheRunAndTheReportSaysWhy() {
        Outcome outcome = outcome("refused");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(new JsonObject(outcome.out()).getString("failed"))
                .contains("401")
                .contains("INVALID_API_KEY");
        assertThat(outcome.err())
                .startsWith("sandpiper: The benchmark failed: ")
                .doesNotContain("Exception");
    }

    @Test
    void aServerThatLosesAMessageFailsTheRun() throws Exception {
        try (LossyServer server = new LossyServer()) {
            Outcome outcome = Cli.in(folder)
                    .run(arguments(
                            "fanout --key=k --subscribers=5 --rate=20 --duration=1s --warm-up=0 --patience=500ms --json",
                            "--url=http://127.0.0.1:" + server.port()));
            assertThat(outcome.exitCode()).isEqualTo(1);
            JsonObject report = new JsonObject(outcome.out());
            assertThat(report.getString("failed")).contains("1 were lost");
            assertThat(report.getJsonObject("verified").getLong("lost")).isEqualTo(1);
            assertThat(outcome.err()).contains("1 were lost");
        }
    }

    @Test
    void forAPersonThereIsATableAndTheProgressOnStandardError() {
        Outcome outcome = dev.client().run(arguments("connect --connections=5"));
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("per second").contains("messages lost                0");
        assertThat(outcome.err()).contains("connecting").doesNotContain("\r");
    }
}
