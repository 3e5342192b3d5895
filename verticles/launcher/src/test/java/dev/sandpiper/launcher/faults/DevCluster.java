package dev.sandpiper.launcher.faults;

import dev.sandpiper.launcher.Main;
import dev.sandpiper.services.ChildProcess;
import dev.sandpiper.services.ChildSpec;
import dev.sandpiper.services.Folders;
import dev.sandpiper.services.FreePorts;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code sandpiper dev --nodes 3 --json} as a user runs it, in a JVM of its own. It ends with the test's JVM at the latest. */
final class DevCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(20);

    /** One of its nodes. */
    record Node(URI url, URI management, ProcessHandle process) {
        /** As {@code kill -9}. */
        void kill() {
            process.destroyForcibly();
            awaitEnd();
        }

        /** As {@code kill -TERM}. */
        void terminate() {
            process.destroy();
        }

        void awaitEnd() {
            try {
                process.onExit().get(40, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("node " + url + " does not end", e);
            }
        }
    }

    private final Path folder;
    private final ChildProcess launcher;
    private final Path output;
    private List<Node> nodes = List.of();
    private String key = "";
    private String operatorKey = "";

    private DevCluster(Path folder, Path output, ChildProcess launcher) {
        this.folder = folder;
        this.output = output;
        this.launcher = launcher;
    }

    /** Returns when it says that it is ready. */
    static DevCluster start() throws IOException {
        Path folder =
                Files.createTempDirectory(Folders.create(Path.of("target/dev").toAbsolutePath()), "cluster-");
        Path output = folder.resolve("output.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(
                "dev",
                "--nodes",
                "3",
                "--json",
                "--data",
                folder.resolve("data").toString()));
        int port = sixFreePorts();
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--management-port", Integer.toString(port + 3)));
        ChildProcess launcher =
                ChildProcess.start(new ChildSpec(command, environment(), output, ChildSpec.Signal.TERM));
        var cluster = new DevCluster(folder, output, launcher);
        try {
            cluster.awaitReady();
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    Node node(int index) {
        return nodes.get(index);
    }

    /** May publish and subscribe. */
    String key() {
        return key;
    }

    /** May do everything. */
    String operatorKey() {
        return operatorKey;
    }

    boolean isAlive() {
        return launcher.isAlive();
    }

    /** What the launcher said so far. */
    String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("no output", e);
        }
    }

    @Override
    public void close() {
        launcher.stop(STOP);
        nodes.forEach(node -> node.process().destroyForcibly());
        Folders.delete(folder);
    }

    private void awaitReady() {
        String line = Eventually.get(
                "dev is ready",
                START,
                () -> {
                    if (!launcher.isAlive()) {
                        throw new AssertionError("dev has ended: " + output());
                    }
                    return output().lines()
                            .filter(text -> text.startsWith("{\"ready\":true") && text.endsWith("}"))
                            .findFirst()
                            .orElse("");
                },
                text -> !text.isEmpty());
        var ready = new JsonObject(line);
        key = ready.getString("key");
        operatorKey = ready.getString("operator_key");
        nodes = ready.getJsonArray("nodes").stream()
                .map(JsonObject.class::cast)
                .map(node -> new Node(
                        URI.create(node.getString("url")),
                        URI.create(node.getString("management")),
                        ProcessHandle.of(node.getLong("pid")).orElseThrow()))
                .toList();
    }

    /** Nothing of what this JVM runs in may configure the nodes. */
    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        System.getenv().keySet().stream()
                .filter(name -> name.startsWith("SANDPIPER_"))
                .forEach(name -> environment.put(name, ""));
        environment.put("SANDPIPER_EVENT_LOOPS", "2");
        return environment;
    }

    /** The first of six in a row: three to serve, three to manage. */
    private static int sixFreePorts() {
        while (true) {
            int first = FreePorts.next();
            boolean free = true;
            for (int i = 1; i < 6; i++) {
                free &= FreePorts.isFree(first + i);
            }
            if (free) {
                return first;
            }
        }
    }
}
