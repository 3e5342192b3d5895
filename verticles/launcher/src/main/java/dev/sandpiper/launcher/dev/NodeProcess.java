package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.services.ChildProcess;
import dev.sandpiper.services.ChildSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One node: a child JVM that runs {@code sandpiper node}. */
final class NodeProcess {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final int MAX_LOG_LINES = 8;
    private static final int MAX_LOG_LINE = 400;

    private final int number;
    private final int port;
    private final int managementPort;
    private final Path log;
    private final ChildProcess process;

    private NodeProcess(int number, int port, int managementPort, Path log, ChildProcess process) {
        this.number = number;
        this.port = port;
        this.managementPort = managementPort;
        this.log = log;
        this.process = process;
    }

    static NodeProcess start(int number, int port, int managementPort, Path log, Map<String, String> environment) {
        List<String> command = new ArrayList<>(NodeJvm.command(number == 1));
        command.addAll(List.of("dev.sandpiper.launcher.Main", "node"));
        ChildProcess process = ChildProcess.start(new ChildSpec(command, environment, log, ChildSpec.Signal.TERM));
        return new NodeProcess(number, port, managementPort, log, process);
    }

    int number() {
        return number;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    String managementUrl() {
        return "http://127.0.0.1:" + managementPort;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    CompletableFuture<Integer> onExit() {
        return process.onExit();
    }

    void awaitReady() {
        Instant deadline = Instant.now().plus(START);
        while (!isReady()) {
            if (process.awaitExit(Duration.ofMillis(25))) {
                throw CommandFailure.of("Node " + number + " ended with exit code " + process.exitCode()
                        + " before it was ready. The end of " + log + ":\n" + endOfLog());
            }
            if (Instant.now().isAfter(deadline)) {
                throw CommandFailure.of("Node " + number + " is not ready after " + START.toSeconds()
                        + " s. The end of " + log + ":\n" + endOfLog());
            }
        }
    }

    private boolean isReady() {
        try {
            URL url = URI.create(managementUrl() + "/health/ready").toURL();
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout(500);
            connection.setReadTimeout(2_000);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Begins the node's own shutdown. */
    void askToStop() {
        if (process.isAlive()) {
            process.signal(ChildSpec.Signal.TERM);
        }
    }

    void awaitStop() {
        if (!process.awaitExit(STOP)) {
            process.kill();
        }
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.stream()
                    .filter(line -> !line.isBlank())
                    .skip(Math.max(0, lines.size() - MAX_LOG_LINES))
                    .map(line -> line.length() > MAX_LOG_LINE ? line.substring(0, MAX_LOG_LINE) + "…" : line)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log, e);
        }
    }
}
