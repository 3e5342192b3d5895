package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.perf.faults.servers.Replicas;
import dev.sandpiper.services.NatsServer;
import java.time.Duration;

/**
 * Line 1.
 *
 * @param kills of whichever server leads the stream then
 * @param events acknowledged before each kill, at least
 */
record LeaderKill(int kills, int events) implements Fault {
    private static final Duration GAP = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 16;

    @Override
    public int number() {
        return 1;
    }

    @Override
    public String name() {
        return "leader-kill";
    }

    @Override
    public String what() {
        return "`kill -9` of the stream's leader, one of three nats-servers, ×" + kills
                + " while events with dedupe keys are published";
    }

    @Override
    public String promise() {
        return "nothing acknowledged lost, nothing twice, longest gap ≤ 10 s";
    }

    @Override
    public Finding run() throws Exception {
        try (Installation installation = Installation.start(Plan.of(2).replicated());
                Replicas replicas = Replicas.of(installation);
                Traffic traffic = Traffic.start(installation, Shape.stream(2, CONNECTIONS))) {
            for (int i = 0; i < kills; i++) {
                traffic.awaitReceipts(events);
                // A copy that is behind may not lead; with one server down it may be needed.
                replicas.awaitCurrent();
                NatsServer leader = replicas.leader();
                leader.kill();
                traffic.awaitReceipts(1);
                leader.restart();
            }
            traffic.awaitReceipts(events);
            Verdict verdict = traffic.judge();
            return new Finding()
                    .figure("kills", kills)
                    .of(verdict)
                    .atMost("longest gap", verdict.longestGap(), GAP)
                    .figure("slowest answer, s", verdict.slowest());
        }
    }
}
