package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Plan;
import java.io.IOException;
import java.util.stream.IntStream;

/** Clients that come back all at once, each having missed the same number of events of its topic: how long until all have them. */
public final class ResumeScenario implements Scenario {
    @Override
    public String name() {
        return "resume";
    }

    @Override
    public void run(Run run) throws BenchFailure, IOException, InterruptedException {
        Parameters parameters = run.parameters();
        int clients = parameters.connections();
        int topics = parameters.topics();
        long deliveries = (long) clients * parameters.missed();
        run.sampleBefore();
        try (EventPublisher publisher = run.singlePublisher()) {
            publish(run, publisher);
            Plan plan = new Plan(
                    client -> IntStream.of(client % topics).toArray(),
                    run::topic,
                    client -> publisher.cursor(client % topics),
                    1);
            run.expect(() -> deliveries);
            try (Fleet fleet = run.fleet(plan, clients)) {
                run.measureFromHere();
                long start = System.nanoTime();
                fleet.open(clients, 0, run.progress());
                run.awaitAll("catching up");
                double seconds = (run.ledger().lastArrival() - start) / 1e9;
                run.measureUntilHere();
                Double cpu = run.measuredCpuMicros();
                run.result("clients", fleet.subscribed());
                run.result("missed_each", parameters.missed());
                run.result("seconds_until_all", seconds);
                run.result("cpu_seconds", cpu == null ? null : Double.valueOf(cpu / 1e6));
            }
        }
    }

    /** The first event of a topic says where to resume; those after it are missed. */
    private static void publish(Run run, EventPublisher publisher) throws BenchFailure, InterruptedException {
        for (int event = 0; event <= run.parameters().missed(); event++) {
            publisher.publishOnce(run.progress(), "publishing");
        }
        run.ledger().requireNoFailure();
        for (int topic = 0; topic < run.parameters().topics(); topic++) {
            if (publisher.cursor(topic) == null) {
                throw new BenchFailure("the server's receipts do not say where to resume");
            }
        }
    }
}
