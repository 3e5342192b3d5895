package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * How much harm others can do: the same fan-out twice, beside a calm neighbour and beside one that disturbs.
 *
 * @param calm what stands in the disturbance's place, so that only the misbehaviour makes the difference
 * @param elsewhere whether it is also played beside another installation on this machine that is disturbed in the same way: so
 *     much of the harm comes from sharing processors, not a node
 * @param told rows beside that of the ratio
 */
record DisturbedScenario(
        String name,
        String what,
        String goal,
        List<String> fanout,
        Disturbance.Maker calm,
        Disturbance.Maker disturbed,
        boolean elsewhere,
        List<Row> told)
        implements Scenario {
    private static final String ELSEWHERE = "another node disturbed";
    private static final String P99 = "/results/p99_ms";

    @Override
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>(List.of(
                new Row("slow", what + ": others' p99, disturbed to calm", name, "/results/p99_ratio", "×", goal)));
        rows.addAll(told);
        return rows;
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        try (Stage.Lease lease = new Stage.Lease(stage.warm(), false);
                Stage.Lease other = elsewhere ? stage.lease(1) : lease;
                Target target = lease.target(1)) {
            // Each takes twice as long as others, being played twice.
            int repetitions = (stage.repetitions() + 1) / 2;
            for (int i = 1; i <= repetitions; i++) {
                ObjectNode results = JsonNodeFactory.instance.objectNode();
                JsonNode before = play(lease, target, calm, JsonNodeFactory.instance.objectNode());
                JsonNode after = play(lease, target, disturbed, results);
                report(stage, target.name(), i, before, after, results);
                if (elsewhere) {
                    JsonNode beside = play(other, target, disturbed, JsonNodeFactory.instance.objectNode());
                    report(stage, ELSEWHERE, i, before, beside, JsonNodeFactory.instance.objectNode());
                }
            }
        }
    }

    private void report(
            Stage stage, String target, int repetition, JsonNode before, JsonNode after, ObjectNode results) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        results.put("p99_calm_ms", before.at(P99).asDouble())
                .put("p99_ms", after.at(P99).asDouble())
                .put("p99_ratio", after.at(P99).asDouble() / before.at(P99).asDouble());
        report.set("results", results);
        report.set("calm", before);
        report.set("disturbed", after);
        stage.report(name, target, repetition, "perf/run --only " + name, report);
    }

    private JsonNode play(Stage.Lease lease, Target target, Disturbance.Maker maker, ObjectNode results)
            throws BenchFailure, InterruptedException {
        try (Disturbance disturbance = maker.begin(lease);
                Bench run = Bench.start(target, Transport.WEBSOCKET, "fanout", fanout)) {
            JsonNode report = run.report();
            disturbance.describe(results);
            return report;
        }
    }
}
