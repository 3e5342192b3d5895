package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Plan;
import java.io.IOException;
import org.HdrHistogram.Histogram;

/**
 * Connections that arrive at a rate, or as fast as the server takes them: how long each needs until it is subscribed, counted from
 * when it was due. In the end one event goes to every topic, which proves that all of them are there.
 */
public final class ConnectScenario implements Scenario {
    @Override
    public String name() {
        return "connect";
    }

    @Override
    public void run(Run run) throws BenchFailure, IOException, InterruptedException {
        Parameters parameters = run.parameters();
        int connections = parameters.connections();
        Plan plan = Plan.spread(parameters.topics(), run::topic);
        run.sampleBefore();
        warmUp(run, plan);
        try (Fleet fleet = run.fleet(plan, connections)) {
            run.measureFromHere();
            run.ledger().takeSetUps();
            long start = System.nanoTime();
            fleet.open(connections, parameters.rate(), run.progress());
            double seconds = (System.nanoTime() - start) / 1e9;
            run.measureUntilHere();
            Histogram setUps = run.ledger().takeSetUps();
            run.result("connections", fleet.subscribed());
            run.result("seconds", seconds);
            run.result("p50_ms", Run.millis(setUps, 50));
            run.result("p99_ms", Run.millis(setUps, 99));
            run.result("per_second", connections / seconds);
            if (run.canPublish()) {
                try (EventPublisher publisher = run.singlePublisher()) {
                    run.expect(() -> connections);
                    publisher.publishOnce(run.progress(), "proving");
                    run.awaitAll("proving");
                }
            }
        }
    }

    /** A fifth of the connections come and go. */
    private static void warmUp(Run run, Plan plan) throws BenchFailure, InterruptedException {
        int first = run.parameters().connections() / 5;
        if (run.parameters().warmUp().isPositive() && first > 0) {
            try (Fleet fleet = run.fleet(plan, first)) {
                fleet.open(first, run.parameters().rate(), run.progress());
            }
        }
    }
}
