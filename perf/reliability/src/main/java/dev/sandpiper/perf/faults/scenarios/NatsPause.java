package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.NodeProcess;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Eventually;
import java.util.Random;

/**
 * Line 8. Pauses shorter than an attempt make acknowledgements late, longer ones make them come twice, and the longest break the
 * connection.
 *
 * @param pauses of nats-server
 * @param events acknowledged before each, at least
 */
record NatsPause(int pauses, int events) implements Fault {
    private static final int CONNECTIONS = 16;
    private static final int SHORTEST_MILLIS = 200;
    private static final int LONGEST_MILLIS = 4_000;

    @Override
    public int number() {
        return 8;
    }

    @Override
    public String name() {
        return "nats-pause";
    }

    @Override
    public String what() {
        return "SIGSTOP of nats-server for 0.2 to 4 s while acknowledgements are under way, ×" + pauses;
    }

    @Override
    public String promise() {
        return "each event takes effect once, also when its acknowledgement is late or comes twice; nothing stays pending";
    }

    @Override
    public Finding run() throws Exception {
        var random = new Random(pauses);
        try (Installation installation = Installation.start(Plan.of(2));
                Traffic traffic = Traffic.start(installation, Shape.stream(2, CONNECTIONS))) {
            NatsServer nats = installation.nats().getFirst();
            for (int i = 0; i < pauses; i++) {
                traffic.awaitReceipts(events);
                nats.pause();
                Thread.sleep(random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS));
                nats.resume();
            }
            traffic.awaitReceipts(events);
            Verdict verdict = traffic.judge();
            double resent = sum(installation, "sandpiper_publisher_retried_total");
            Eventually.await(
                    "nothing is pending",
                    () -> sum(installation, "sandpiper_publisher_in_flight") == 0
                            && sum(installation, "sandpiper_publisher_waiting") == 0);
            return new Finding()
                    .figure("pauses", pauses)
                    .of(verdict)
                    .figure("sent again by the nodes", Math.round(resent))
                    .require(resent > 0, "some events are sent again, or the pauses were no fault")
                    .figure("left pending", 0)
                    .figure("slowest answer, s", verdict.slowest());
        }
    }

    private static double sum(Installation installation, String metric) {
        return installation.nodes().stream()
                .mapToDouble((NodeProcess node) -> node.metric(metric))
                .sum();
    }
}
