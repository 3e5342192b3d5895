package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.Choice;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Plan;
import java.io.IOException;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** Events of some topics, each to every subscriber of its topic: what a delivery costs, and how long it takes. */
public final class FanoutScenario implements Scenario {
    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public void run(Run run) throws BenchFailure, IOException, InterruptedException {
        Parameters parameters = run.parameters();
        Plan plan = Plan.live(parameters.topics(), parameters.subscribers(), parameters.connections(), run::topic);
        run.sampleBefore();
        try (Fleet fleet = run.fleet(plan, parameters.connections());
                EventPublisher publisher = run.publisher()) {
            run.expect(() -> deliveries(publisher, parameters.subscribers()));
            fleet.open(parameters.connections(), 0, run.progress());
            Choice choice = run.choice();
            if (parameters.warmUp().isPositive()) {
                run.publish(publisher, choice, parameters.rate(), parameters.warmUp(), "warming up");
            }
            long start = System.nanoTime();
            run.measureFromHere();
            run.publish(publisher, choice, parameters.rate(), parameters.duration(), "measuring");
            run.measureUntilHere();
            report(run, (run.ledger().lastArrival() - start) / 1e9);
        }
    }

    static long deliveries(EventPublisher publisher, int subscribers) {
        return Arrays.stream(publisher.published()).asLongStream().sum() * subscribers;
    }

    private static void report(Run run, double seconds) {
        long deliveries = run.ledger().measured();
        Histogram lateness = run.ledger().takeLateness();
        Double cpu = run.measuredCpuMicros();
        run.result("deliveries", deliveries);
        run.result("cpu_micros_per_delivery", cpu == null ? null : Double.valueOf(cpu / deliveries));
        run.result("p50_ms", Run.millis(lateness, 50));
        run.result("p90_ms", Run.millis(lateness, 90));
        run.result("p99_ms", Run.millis(lateness, 99));
        run.result("p999_ms", Run.millis(lateness, 99.9));
        run.result("max_ms", Run.millis(lateness, 100));
        run.result("deliveries_per_second", deliveries / seconds);
    }
}
