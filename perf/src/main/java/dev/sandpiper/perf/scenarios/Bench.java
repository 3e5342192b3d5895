package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.perf.servers.Child;
import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@code ./sandpiper bench} that has been started.
 *
 * @param command without the server's address and processes, as a person would repeat it
 */
record Bench(String command, Child child) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param options beside those that tell where the server is */
    static Bench start(Target target, Transport transport, String scenario, List<String> options) {
        return start(List.of(), target, transport, scenario, options);
    }

    /** One that takes only what others leave of the processors, as if its clients were on machines of their own. */
    static Bench startModest(Target target, Transport transport, String scenario, List<String> options) {
        return start(List.of("nice", "-n", "19"), target, transport, scenario, options);
    }

    private static Bench start(
            List<String> prefix, Target target, Transport transport, String scenario, List<String> options) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("./sandpiper", "bench", scenario, "--json"));
        command.addAll(target.options(transport));
        command.addAll(options);
        String shown = "./sandpiper bench " + scenario + " " + String.join(" ", options)
                + (transport == Transport.SSE ? " --protocol=sandpiper-sse" : "");
        return new Bench(shown, Child.start("bench", command, target.environment()));
    }

    /** Waits for its end. */
    JsonNode report() throws BenchFailure, InterruptedException {
        int code = child.await(PATIENCE);
        String printed = child.printed();
        if (printed.isBlank()) {
            throw new BenchFailure("exit code " + code + ": " + child.endOfLog());
        }
        try {
            JsonNode report = JSON.readTree(printed);
            if (code != 0 || report.hasNonNull("failed")) {
                throw new BenchFailure(report.path("failed").asText("exit code " + code));
            }
            return report;
        } catch (JsonProcessingException e) {
            throw new BenchFailure("printed something else: " + printed, e);
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
