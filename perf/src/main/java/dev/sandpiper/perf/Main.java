package dev.sandpiper.perf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Runs one scenario against the server that {@code ./sandpiper dev --json} described in a file.
 *
 * <pre>
 * idle FILE SOCKETS            resident memory of the node per open, subscribed WebSocket
 * fanout FILE SOCKETS RATE S   processor time per delivery and the time until the last subscriber has it
 * raw FILE EVENTS              acknowledged events per second of the bare NATS client, same server, 260 bytes
 * </pre>
 */
public final class Main {
    private static final PrintStream OUT = System.out;

    /** Until the compiler has seen enough. */
    private static final int WARM_UP_SECONDS = 20;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        JsonNode dev = new ObjectMapper().readTree(Files.readString(Path.of(arguments[1])));
        JsonNode node = dev.get("nodes").get(0);
        URI url = URI.create(node.get("url").asText());
        ServerProcess server = new ServerProcess(node.get("pid").asLong());
        String key = dev.get("key").asText();
        switch (arguments[0]) {
            case "idle" -> idle(url, key, server, Integer.parseInt(arguments[2]));
            case "fanout" ->
                fanout(
                        url,
                        key,
                        server,
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]),
                        Integer.parseInt(arguments[4]));
            case "raw" ->
                OUT.printf(
                        Locale.ROOT,
                        "raw jnats: %.0f acknowledged events/s%n",
                        RawJnats.rate(dev.get("nats").get("url").asText(), Integer.parseInt(arguments[2])));
            default -> throw new IllegalArgumentException("no scenario " + arguments[0]);
        }
    }

    /** What each further socket costs: the first fifth makes the heap as large as connecting needs it, and stays open. */
    private static void idle(URI url, String key, ServerProcess server, int count) throws Exception {
        int first = count / 5;
        try (Sockets sockets = new Sockets(url, key)) {
            sockets.open(first, "perf:idle");
            long before = server.residentKilobytes();
            sockets.open(count - first, "perf:idle");
            long after = server.residentKilobytes();
            sockets.deliveries().requireComplete(0);
            OUT.printf(
                    Locale.ROOT,
                    "idle: %d sockets, %.2f KB resident for each after the first %d (%d KB then, %d KB with all)%n",
                    count,
                    (after - before) / (double) (count - first),
                    first,
                    before,
                    after);
        }
    }

    private static void fanout(URI url, String key, ServerProcess server, int count, int rate, int seconds)
            throws Exception {
        try (Sockets sockets = new Sockets(url, key);
                PacedPublisher publisher = new PacedPublisher(url, key, "perf:fanout")) {
            sockets.open(count, "perf:fanout");
            int warmUp = rate * WARM_UP_SECONDS;
            publisher.publish(warmUp, rate);
            sockets.deliveries().requireComplete((long) warmUp * count);
            sockets.deliveries().reset();
            double before = server.cpuMicros();
            int events = rate * seconds;
            publisher.publish(events, rate);
            double cpu = server.cpuMicros() - before;
            long expected = (long) events * count;
            sockets.deliveries().requireComplete(expected);
            OUT.printf(
                    Locale.ROOT,
                    "fanout: %d sockets x %d events/s, %.2f us CPU per delivery, p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
                    count,
                    rate,
                    cpu / expected,
                    sockets.deliveries().percentileMillis(50),
                    sockets.deliveries().percentileMillis(99),
                    sockets.deliveries().percentileMillis(100));
        }
    }
}
