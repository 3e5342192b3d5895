package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Engine;
import dev.sandpiper.perf.servers.NettyLimit;
import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The same bench against one node, the peer's engines and a limit. Repetitions take turns, so that whatever happens to the
 * machine happens to all.
 *
 * @param bench its scenario
 * @param anew whether every repetition needs servers that have done nothing yet
 * @param peers engines to compare with
 */
record BenchScenario(
        String name,
        String bench,
        Transport transport,
        boolean anew,
        List<Engine> peers,
        Limit limit,
        List<String> options,
        List<Row> rows)
        implements Scenario {

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        run(stage, stage.repetitions());
    }

    void run(Stage stage, int repetitions) throws BenchFailure, InterruptedException {
        if (anew) {
            for (int i = 1; i <= repetitions; i++) {
                play(stage, i, i);
            }
        } else {
            play(stage, 1, repetitions);
        }
    }

    private void play(Stage stage, int from, int to) throws BenchFailure, InterruptedException {
        try (Stage.Lease lease = anew ? stage.lease(1) : new Stage.Lease(stage.warm(), false)) {
            List<Target> targets = new ArrayList<>();
            try {
                targets.add(lease.target(1));
                for (Engine engine : peers) {
                    Optional<Target> peer = stage.peer(engine);
                    peer.ifPresent(targets::add);
                }
                if (limit == Limit.NETTY) {
                    targets.add(NettyLimit.start(lease.server().jvm()));
                }
                for (int i = from; i <= to; i++) {
                    for (Target target : targets) {
                        measure(stage, target, i);
                    }
                    if (limit == Limit.JNATS) {
                        JnatsLimit.measure(stage, lease.server(), name, i);
                    }
                }
            } finally {
                targets.forEach(Target::close);
            }
        }
    }

    private void measure(Stage stage, Target target, int repetition) throws BenchFailure, InterruptedException {
        try (Bench run = Bench.start(target, transport, bench, options)) {
            JsonNode report = run.report();
            stage.report(name, target.name(), repetition, run.command(), report);
        } catch (BenchFailure e) {
            throw new BenchFailure(target.name() + ": " + e.getMessage(), e);
        }
    }
}
