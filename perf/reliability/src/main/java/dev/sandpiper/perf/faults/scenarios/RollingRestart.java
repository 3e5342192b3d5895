package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.NodeProcess;
import dev.sandpiper.perf.faults.servers.Plan;
import java.util.Set;

/**
 * Line 6.
 *
 * @param rounds in each of which every node is restarted
 * @param nodes how many
 * @param shape of the load
 * @param events acknowledged before each restart, at least
 */
record RollingRestart(int rounds, int nodes, Shape shape, int events) implements Fault {
    /** Says that the connection ends here, and that another one is welcome elsewhere. */
    private static final String RECONNECT = "SHUTTING_DOWN";

    @Override
    public int number() {
        return 6;
    }

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public String what() {
        return "SIGTERM and restart of " + nodes + " nodes, one after the other, ×" + rounds + " under load";
    }

    @Override
    public String promise() {
        return "nothing acknowledged lost; clients resume; no error beyond reconnects";
    }

    @Override
    public Finding run() throws Exception {
        try (Installation installation = Installation.start(Plan.of(nodes));
                Traffic traffic = Traffic.start(installation, shape)) {
            for (int i = 0; i < rounds * nodes; i++) {
                traffic.awaitReceipts(events);
                NodeProcess node = installation.node(i);
                node.terminate();
                node.start();
                node.awaitReady();
                traffic.awaitSubscribers();
            }
            Verdict verdict = traffic.judge();
            return new Finding()
                    .figure("restarts", rounds * nodes)
                    .of(verdict)
                    .figure("returns", verdict.absences().size())
                    .figure("back last, s", verdict.absence(1))
                    .figure("longest gap, s", verdict.longestGap())
                    .require(
                            Set.of(RECONNECT).containsAll(verdict.refusals().keySet()),
                            "no error but " + RECONNECT + " is answered, and there were " + verdict.refusals())
                    .figure("requests left unanswered", verdict.unanswered())
                    .require(verdict.unanswered() == 0, "no request that was taken is left unanswered");
        }
    }
}
