package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.Choice;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.EventPublisher.Published;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Plan;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Connections that publish: how many events a second the server acknowledges. Without a rate each connection sends its next request
 * when the last was answered. Every connection is a series of its own, so that the order can be checked when the stream is read back.
 */
public final class PublishScenario implements Scenario {
    @Override
    public String name() {
        return "publish";
    }

    @Override
    public void run(Run run) throws BenchFailure, IOException, InterruptedException {
        Parameters parameters = run.parameters();
        int connections = parameters.connections();
        int topics = Math.min(parameters.topics(), connections);
        run.sampleBefore();
        try (EventPublisher publisher =
                run.publisher(connections, series -> run.topic(series % topics), connections, parameters.batch())) {
            AtomicLong accepted = new AtomicLong();
            run.countReceipts(accepted::get);
            run.expect(() -> sum(publisher));
            accepted.addAndGet(
                    publisher.publishOnce(run.progress(), "first events").accepted());
            if (parameters.warmUp().isPositive()) {
                accepted.addAndGet(publish(run, publisher, parameters.warmUp(), "warming up")
                        .accepted());
            }
            run.measureFromHere();
            Published published = publish(run, publisher, parameters.duration(), "measuring");
            run.measureUntilHere();
            accepted.addAndGet(published.accepted());
            run.result("events_per_second", published.accepted() / published.seconds());
            run.result("p50_ms", Run.millis(published.receipts(), 50));
            run.result("p99_ms", Run.millis(published.receipts(), 99));
            run.result("errors", published.errors());
            run.ledger().requireNoFailure();
            if (parameters.readBack()) {
                readBack(run, publisher, topics);
            }
        }
    }

    private static Published publish(Run run, EventPublisher publisher, Duration duration, String phase)
            throws BenchFailure, InterruptedException {
        Parameters parameters = run.parameters();
        return parameters.rate() > 0
                ? publisher.publishPaced(
                        Choice.inTurn(parameters.connections()), parameters.rate(), duration, run.progress(), phase)
                : publisher.publishClosed(duration, run.progress(), phase);
    }

    /** One subscriber for each topic gets everything after the first events, which told it where to begin. */
    private static void readBack(Run run, EventPublisher publisher, int topics)
            throws BenchFailure, InterruptedException {
        int connections = run.parameters().connections();
        if (topics != connections) {
            throw new BenchFailure("to be read back, each connection needs a topic of its own");
        }
        for (int series = 0; series < connections; series++) {
            if (publisher.cursor(series) == null) {
                throw new BenchFailure("the server's receipts do not say where to resume, so nothing can be read back");
            }
        }
        run.countDeliveries();
        run.expect(() -> sum(publisher) - connections);
        Plan plan = new Plan(series -> IntStream.of(series).toArray(), run::topic, publisher::cursor, 1);
        try (Fleet fleet = run.fleet(plan, connections)) {
            fleet.open(connections, 0, run.progress());
            run.awaitAll("reading back");
        }
    }

    private static long sum(EventPublisher publisher) {
        return Arrays.stream(publisher.published()).asLongStream().sum();
    }
}
