package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.perf.limits.RawJnats;
import dev.sandpiper.perf.servers.Child;
import dev.sandpiper.perf.servers.DevServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bare NATS client against the nats-server of the installation, in a JVM with the flags of a node. */
final class JnatsLimit {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int EVENTS_PER_SECOND = 60_000;

    private JnatsLimit() {}

    static void measure(Stage stage, DevServer server, String scenario, int repetition)
            throws BenchFailure, InterruptedException {
        int events = (int) (EVENTS_PER_SECOND * stage.size().seconds());
        List<String> command = new ArrayList<>(server.jvm());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                RawJnats.class.getName(),
                server.natsUrl(),
                Integer.toString(events)));
        try (Child child = Child.start("jnats", command, Map.of())) {
            if (child.await(PATIENCE) != 0) {
                throw new BenchFailure("bare jnats: " + child.endOfLog());
            }
            ObjectNode report = JsonNodeFactory.instance.objectNode().put("scenario", "raw");
            report.putObject("results")
                    .put("events_per_second", Double.parseDouble(child.printed().strip()));
            String shown = "java -cp 'perf/target/classes:perf/target/lib/*' " + RawJnats.class.getName() + " nats://… "
                    + events;
            stage.report(scenario, "bare jnats", repetition, shown, report);
        }
    }
}
