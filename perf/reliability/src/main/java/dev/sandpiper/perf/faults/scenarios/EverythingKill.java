package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.NodeProcess;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.services.NatsServer;

/**
 * Line 5.
 *
 * @param kills of all nodes and NATS together
 * @param events acknowledged before each, at least
 */
record EverythingKill(int kills, int events) implements Fault {
    private static final int CONNECTIONS = 8;

    @Override
    public int number() {
        return 5;
    }

    @Override
    public String name() {
        return "everything-kill";
    }

    @Override
    public String what() {
        return "`kill -9` of all nodes and of nats-server at once, ×" + kills;
    }

    @Override
    public String promise() {
        return "nothing acknowledged lost; cursors stay valid";
    }

    @Override
    public Finding run() throws Exception {
        try (Installation installation = Installation.start(Plan.of(2));
                Traffic traffic = Traffic.start(installation, Shape.stream(2, CONNECTIONS))) {
            for (int i = 0; i < kills; i++) {
                traffic.awaitReceipts(events);
                installation.nats().forEach(NatsServer::kill);
                installation.nodes().forEach(NodeProcess::kill);
                installation.nats().forEach(NatsServer::restart);
                installation.nodes().forEach(NodeProcess::start);
                installation.nodes().forEach(NodeProcess::awaitReady);
                // Each resumes with the cursor from before, or fails because it cannot.
                traffic.awaitSubscribers();
            }
            traffic.awaitReceipts(events);
            Verdict verdict = traffic.judge();
            return new Finding()
                    .figure("kills", kills)
                    .of(verdict)
                    .figure("resumes", verdict.absences().size())
                    .figure("longest gap, s", verdict.longestGap());
        }
    }
}
