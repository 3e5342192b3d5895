package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.NodeProcess;
import dev.sandpiper.perf.faults.servers.Plan;
import java.time.Duration;

/**
 * Line 2.
 *
 * @param kills of the node on which all subscribers are
 * @param shape whose subscribers all begin on the first node
 * @param events acknowledged before each kill, at least
 */
record NodeKill(int kills, Shape shape, int events) implements Fault {
    private static final Duration BACK = Duration.ofSeconds(3);

    @Override
    public int number() {
        return 2;
    }

    @Override
    public String name() {
        return "node-kill";
    }

    @Override
    public String what() {
        return "`kill -9` of the node that all " + shape.topics() * shape.subscribers() + " subscribers are on, ×"
                + kills;
    }

    @Override
    public String promise() {
        return "nothing lost, repeated or reordered; 99 % are back within 3 s";
    }

    @Override
    public Finding run() throws Exception {
        try (Installation installation = Installation.start(Plan.of(2));
                Traffic traffic = Traffic.start(installation, shape, subscriber -> 0)) {
            for (int i = 0; i < kills; i++) {
                traffic.awaitReceipts(events);
                // All of them go to the other one, so the next kill hits all of them again.
                NodeProcess victim = installation.node(i);
                victim.kill();
                traffic.awaitSubscribers();
                victim.start();
                victim.awaitReady();
            }
            traffic.awaitReceipts(events);
            Verdict verdict = traffic.judge();
            return new Finding()
                    .figure("kills", kills)
                    .of(verdict)
                    .figure("returns", verdict.absences().size())
                    .figure("back p50, s", verdict.absence(0.5))
                    .atMost("back p99", verdict.absence(0.99), BACK)
                    .figure("back last, s", verdict.absence(1));
        }
    }
}
