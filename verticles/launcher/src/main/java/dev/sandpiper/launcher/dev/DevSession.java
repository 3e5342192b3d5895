package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.Interruption;
import dev.sandpiper.services.FreePorts;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One run of {@code dev}, from the first check to the last process. */
final class DevSession {
    private static final String SECRET = "secret";

    private final DevOptions options;
    private final Steps steps = new Steps();
    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable DevServices services;

    DevSession(DevOptions options) {
        this.options = options;
    }

    int run() {
        try (Interruption interruption = new Interruption(this::interrupted);
                DevFolder folder = DevFolder.open(options.data(), options.fresh())) {
            try {
                checkPorts();
                start(folder).join();
                throw CommandFailure.of("Nothing is left to serve; the logs are in " + folder.logs());
            } finally {
                stop();
            }
        }
    }

    private void interrupted() {
        steps.say("Stopping");
        stop();
        steps.say("Stopped");
    }

    private void checkPorts() {
        for (int i = 0; i < options.nodes(); i++) {
            checkPort(options.port() + i, "--port");
            checkPort(options.managementPort() + i, "--management-port");
        }
    }

    private static void checkPort(int port, String option) {
        if (!FreePorts.isFree(port)) {
            throw CommandFailure.of(
                    "Port " + port + " is taken; stop what listens there, or choose another one with " + option);
        }
    }

    /** Completes when it makes no sense to go on. */
    private CompletableFuture<Void> start(DevFolder folder) {
        DevServices started = new DevServices(folder, steps);
        services = started;
        JsonObject state = folder.state();
        if (!state.containsKey(SECRET)) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            folder.keep(state.put(SECRET, HexFormat.of().formatHex(random)));
        }
        started.start();
        Demo demo = new Demo(started.databaseUrl(), state.getString(SECRET));
        demo.migrate();
        steps.say("The database schema is up to date; starting " + options.nodes() + " node(s)");
        startNodes(folder, new NodeEnvironment(options, started, state.getString(SECRET)));
        DemoKeys keys = demo.prepare(state);
        folder.keep(state);
        for (NodeProcess node : nodes) {
            node.awaitReady();
            steps.say("Node " + node.number() + " is ready on " + node.url());
        }
        Announcement announcement = new Announcement(List.copyOf(nodes), started, keys, folder);
        Console.OUT.println(options.json() ? announcement.json() : announcement.text());
        return CompletableFuture.anyOf(started.lost(), allNodesGone()).thenAccept(ignored -> {});
    }

    private void startNodes(DevFolder folder, NodeEnvironment environment) {
        for (int i = 0; i < options.nodes(); i++) {
            NodeProcess node = NodeProcess.start(
                    i + 1,
                    options.port() + i,
                    options.managementPort() + i,
                    folder.logs().resolve("node-" + (i + 1) + ".log"),
                    environment.of(i));
            nodes.add(node);
            folder.processes().note(node.pid());
        }
    }

    private CompletableFuture<Void> allNodesGone() {
        return CompletableFuture.allOf(nodes.stream()
                .map(node -> node.onExit().thenAccept(code -> {
                    if (!stopped.get()) {
                        steps.say("Node " + node.number() + " has ended with exit code " + code);
                    }
                }))
                .toArray(CompletableFuture[]::new));
    }

    /** Nodes first, side by side, then what they stand on. */
    private synchronized void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        nodes.forEach(NodeProcess::askToStop);
        nodes.forEach(NodeProcess::awaitStop);
        DevServices started = services;
        if (started != null) {
            started.stop();
        }
    }
}
