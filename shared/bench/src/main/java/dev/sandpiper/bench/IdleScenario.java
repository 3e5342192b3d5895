package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Ledger;
import dev.sandpiper.bench.load.Plan;
import dev.sandpiper.bench.meter.Sample;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are subscribed and hear nothing: what memory each costs. In the end one event goes to every topic, which proves
 * that all of them were there.
 */
public final class IdleScenario implements Scenario {
    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(Run run) throws BenchFailure, IOException, InterruptedException {
        Parameters parameters = run.parameters();
        int connections = parameters.connections();
        Plan plan = Plan.spread(parameters.topics(), run::topic);
        run.sampleBefore();
        try (Fleet fleet = run.fleet(plan, connections)) {
            Sample before = run.sample();
            // The first fifth makes the server's heap as large as connecting needs it, and stays open.
            int first = connections / 5;
            fleet.open(first, parameters.rate(), run.progress());
            Sample between = run.sample();
            fleet.open(connections - first, parameters.rate(), run.progress());
            hold(run, parameters.duration());
            run.measureUntilHere();
            Sample after = run.sample();
            run.result("connections", fleet.subscribed());
            run.result("kb_per_connection", each(before, after, connections));
            run.result("kb_per_further_connection", each(between, after, connections - first));
            if (run.canPublish()) {
                prove(run, connections);
            }
        }
    }

    private static void hold(Run run, Duration duration) throws BenchFailure, InterruptedException {
        long start = System.nanoTime();
        for (long gone = 0; gone < duration.toNanos(); gone = System.nanoTime() - start) {
            run.ledger().requireNoFailure();
            run.progress().at("holding", gone / (double) duration.toNanos());
            Ledger.pause();
        }
    }

    private static void prove(Run run, int connections) throws BenchFailure, InterruptedException {
        try (EventPublisher publisher = run.singlePublisher()) {
            run.expect(() -> connections);
            publisher.publishOnce(run.progress(), "proving");
            run.awaitAll("proving");
        }
    }

    private static @Nullable Double each(@Nullable Sample from, @Nullable Sample to, int connections) {
        return from == null || to == null || connections == 0
                ? null
                : Double.valueOf((to.rssKb() - from.rssKb()) / (double) connections);
    }
}
