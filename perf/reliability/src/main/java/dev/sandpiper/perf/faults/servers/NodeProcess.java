package dev.sandpiper.perf.faults.servers;

import dev.sandpiper.launcher.Main;
import dev.sandpiper.services.ChildProcess;
import dev.sandpiper.services.ChildSpec;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Answer;
import dev.sandpiper.testkit.clients.KeepAlive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node, {@code sandpiper node} in a JVM of its own. It keeps its name and ports over all restarts. */
public final class NodeProcess {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final int LOG_LINES = 15;

    private final String name;
    private final int port;
    private final int managementPort;
    private final List<String> options;
    private final Map<String, String> environment;
    private final Path log;
    private ChildProcess process;

    /** @param options more of its JVM */
    NodeProcess(
            String name,
            int port,
            int managementPort,
            List<String> options,
            Map<String, String> environment,
            Path log) {
        this.name = name;
        this.port = port;
        this.managementPort = managementPort;
        this.options = List.copyOf(options);
        this.environment = new HashMap<>(environment);
        this.log = log;
        this.process = launch();
    }

    public String name() {
        return name;
    }

    /** Of the public listener. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As {@code kill -9}. Returns when it is gone. */
    public void kill() {
        process.kill();
    }

    /** As {@code kill -TERM}. Returns when it has ended in order. */
    public void terminate() {
        process.signal(ChildSpec.Signal.TERM);
        if (!process.awaitExit(STOP)) {
            throw new AssertionError(name + " does not end within " + STOP.toSeconds() + " s of SIGTERM");
        }
    }

    public void freeze() {
        process.signal(ChildSpec.Signal.STOP);
    }

    public void thaw() {
        process.signal(ChildSpec.Signal.CONT);
    }

    /** On the same ports. Returns before it is ready. */
    public void start() {
        if (!process.isAlive()) {
            process = launch();
        }
    }

    public void awaitReady() {
        Eventually.await(name + " is ready", START, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(name + " has ended with exit code " + process.exitCode() + ":\n" + endOfLog());
            }
            return isReady();
        });
    }

    /** What it says of itself, and that it says it in time. */
    public boolean isReady() {
        return management("/health/ready").status() == 200;
    }

    /** A sum of {@code /metrics} over all tags; 0 when there is none of that name, or no answer. */
    public double metric(String metric) {
        return management("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Status 0 when there is no answer. */
    private Answer management(String path) {
        try (var client = new KeepAlive(URI.create("http://127.0.0.1:" + managementPort), "", QUESTION)) {
            return client.get(path);
        } catch (IOException e) {
            return new Answer(0, String.valueOf(e.getMessage()), true);
        }
    }

    private ChildProcess launch() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"));
        command.add("--enable-native-access=ALL-UNNAMED");
        // As the launcher's manifest has it.
        command.addAll(List.of(
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.management/sun.management=ALL-UNNAMED",
                "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "node"));
        return ChildProcess.start(new ChildSpec(command, environment, log, ChildSpec.Signal.TERM));
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log, e);
        }
    }
}
