package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** A real nats-server with JetStream as a child process on 127.0.0.1, which ends when this JVM does. */
public final class NatsServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final NatsOptions options;
    private int port;
    private int monitoringPort;
    private ChildProcess process;
    private String version = "";

    private NatsServer(NatsOptions options) {
        this.options = options;
        this.port = options.port();
        this.monitoringPort = options.monitoringPort();
        this.process = launch();
    }

    /**
     * Returns when it answers.
     *
     * @throws ServiceFailure saying what to do
     */
    public static NatsServer start(NatsOptions options) {
        Folders.create(options.folder().resolve("jetstream"));
        if (!Files.isWritable(options.folder())) {
            throw new ServiceFailure(
                    "There is no permission to write to " + options.folder() + "; name a folder that you own");
        }
        return new NatsServer(options);
    }

    /** Unique in a cluster. */
    public String name() {
        return options.name();
    }

    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public int monitoringPort() {
        return monitoringPort;
    }

    /** Serves {@code /varz}, {@code /jsz}, {@code /healthz} and so on. */
    public String monitoringUrl() {
        return "http://127.0.0.1:" + monitoringPort;
    }

    public long pid() {
        return process.pid();
    }

    public String version() {
        return version;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit code when the process that runs now has ended, for whatever reason. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit();
    }

    /** As {@code kill -9}. */
    public void kill() {
        process.kill();
    }

    public void stop() {
        process.stop(PATIENCE);
    }

    /** It keeps its connections and the kernel accepts new ones, but it answers nothing. */
    public void pause() {
        process.signal(ChildSpec.Signal.STOP);
    }

    public void resume() {
        process.signal(ChildSpec.Signal.CONT);
    }

    /** On the same ports, with what was stored. Stops it first when it runs. */
    public void restart() {
        stop();
        process = launch();
    }

    @Override
    public void close() {
        stop();
    }

    private ChildProcess launch() {
        Path log = options.folder().resolve("nats-server.log");
        Instant deadline = Instant.now().plusSeconds(20);
        while (true) {
            int client = port == 0 ? FreePorts.next() : port;
            int monitoring = monitoringPort == 0 ? FreePorts.next() : monitoringPort;
            FreePorts.require("nats-server", client);
            FreePorts.require("nats-server", monitoring);
            long logged = log.toFile().length();
            ChildProcess child = ChildProcess.start(new ChildSpec(
                    List.of(
                            options.binary().toString(),
                            "-c",
                            writeConfiguration(client, monitoring).toString()),
                    Map.of(),
                    log,
                    ChildSpec.Signal.TERM));
            if (awaitAnswer(child, client, deadline)) {
                port = client;
                monitoringPort = monitoring;
                return child;
            }
            child.kill();
            String fault = faultSince(log, logged);
            // Somebody took the port after it was found free.
            if (fault.contains("address already in use")
                    && port == 0
                    && Instant.now().isBefore(deadline)) {
                continue;
            }
            throw new ServiceFailure("nats-server did not start: " + fault + " (log: " + log + ")");
        }
    }

    private boolean awaitAnswer(ChildProcess child, int client, Instant deadline) {
        while (Instant.now().isBefore(deadline)) {
            try {
                version = NatsInfo.ask("127.0.0.1", client, Duration.ofMillis(500))
                        .version();
                return child.isAlive();
            } catch (IOException e) {
                if (child.awaitExit(Duration.ofMillis(5))) {
                    return false;
                }
            }
        }
        return false;
    }

    private Path writeConfiguration(int client, int monitoring) {
        StringBuilder text = new StringBuilder();
        text.append("server_name: ").append(quoted(options.name())).append('\n');
        text.append("listen: \"127.0.0.1:").append(client).append("\"\n");
        text.append("http: \"127.0.0.1:").append(monitoring).append("\"\n");
        text.append("jetstream {\n  store_dir: ")
                .append(quoted(
                        options.folder().resolve("jetstream").toAbsolutePath().toString()))
                .append('\n');
        if (options.syncAlways()) {
            text.append("  sync_interval: always\n");
        }
        if (options.maxStoreBytes() > 0) {
            text.append("  max_file_store: ").append(options.maxStoreBytes()).append('\n');
        }
        text.append("}\n");
        NatsCluster cluster = options.cluster();
        if (cluster != null) {
            String routes = cluster.routes().stream()
                    .map(route -> "\"nats://127.0.0.1:" + route + "\"")
                    .collect(Collectors.joining(", "));
            text.append("cluster {\n  name: ").append(quoted(cluster.name())).append('\n');
            text.append("  listen: \"127.0.0.1:").append(cluster.port()).append("\"\n");
            text.append("  routes: [").append(routes).append("]\n}\n");
        }
        try {
            return Files.writeString(options.folder().resolve("nats-server.conf"), text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the configuration of nats-server", e);
        }
    }

    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String faultSince(Path log, long bytes) {
        try {
            byte[] all = Files.readAllBytes(log);
            int from = (int) Math.min(bytes, all.length);
            List<String> lines = new String(all, from, all.length - from, StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .toList();
            return lines.stream()
                    .filter(line -> line.contains("[FTL]") || line.contains("[ERR]"))
                    .reduce((earlier, later) -> later)
                    .or(() -> lines.isEmpty() ? Optional.empty() : Optional.of(lines.getLast()))
                    .map(line -> line.replaceFirst("^.*\\[(FTL|ERR)] ", ""))
                    .orElse("it said nothing");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log, e);
        }
    }
}
