package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.Choice;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Fan-out at one rate after another: how lateness grows with load, up to where the server does not follow any more. */
public final class LatencyScenario implements Scenario {
    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Run run) throws BenchFailure, IOException, InterruptedException {
        Parameters parameters = run.parameters();
        Plan plan = Plan.live(parameters.topics(), parameters.subscribers(), parameters.connections(), run::topic);
        List<Map<String, @Nullable Object>> steps = new ArrayList<>();
        run.result("steps", steps);
        run.sampleBefore();
        try (Fleet fleet = run.fleet(plan, parameters.connections());
                EventPublisher publisher = run.publisher()) {
            run.expect(() -> FanoutScenario.deliveries(publisher, parameters.subscribers()));
            fleet.open(parameters.connections(), 0, run.progress());
            Choice choice = run.choice();
            if (parameters.warmUp().isPositive()) {
                run.publish(publisher, choice, parameters.rates().getFirst(), parameters.warmUp(), "warming up");
            }
            run.measureFromHere();
            for (double rate : parameters.rates()) {
                steps.add(step(run, publisher, choice, rate));
            }
            run.measureUntilHere();
        }
    }

    private static Map<String, @Nullable Object> step(Run run, EventPublisher publisher, Choice choice, double rate)
            throws BenchFailure, InterruptedException {
        long before = run.ledger().measured();
        long start = System.nanoTime();
        run.ledger().measureFrom(start);
        run.publish(publisher, choice, rate, run.parameters().duration(), "%.0f events/s".formatted(rate));
        double seconds = (run.ledger().lastArrival() - start) / 1e9;
        double events =
                (run.ledger().measured() - before) / (double) run.parameters().subscribers();
        Histogram lateness = run.ledger().takeLateness();
        Map<String, @Nullable Object> step = new LinkedHashMap<>();
        step.put("rate", rate);
        step.put("achieved", Run.rounded(events / seconds));
        step.put("p50_ms", Run.rounded(Run.millis(lateness, 50)));
        step.put("p95_ms", Run.rounded(Run.millis(lateness, 95)));
        step.put("p99_ms", Run.rounded(Run.millis(lateness, 99)));
        return step;
    }
}
