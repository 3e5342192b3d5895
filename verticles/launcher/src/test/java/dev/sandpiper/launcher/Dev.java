package dev.sandpiper.launcher;

import dev.sandpiper.launcher.Cli.Outcome;
import dev.sandpiper.launcher.Cli.Running;
import dev.sandpiper.services.FreePorts;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running {@code dev --json}.
 *
 * @param port of its first node
 */
record Dev(Cli cli, Running running, int port) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    static Dev start(Cli cli, Path data, String... more) {
        int port = FreePorts.next();
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "dev",
                                "--json",
                                "--data=" + data,
                                "--port=" + port,
                                "--management-port=" + FreePorts.next()),
                        Stream.of(more))
                .toList();
        Running running = cli.start("", arguments.toArray(String[]::new));
        Eventually.await(
                "dev is ready or has ended",
                PATIENCE,
                () -> running.out().endsWith("\n") || !running.process().isAlive());
        if (running.out().isEmpty()) {
            running.close();
            throw new AssertionError("dev did not start: " + running.err());
        }
        return new Dev(cli, running, port);
    }

    JsonObject announcement() {
        return new JsonObject(running.out());
    }

    String key() {
        return announcement().getString("key");
    }

    /** A command line for its first node, as its demo user. */
    Cli client() {
        return as("key");
    }

    /** The same as its operator. */
    Cli operator() {
        return as("operator_key");
    }

    private Cli as(String key) {
        return cli.with("SANDPIPER_URL", "http://127.0.0.1:" + port)
                .with("SANDPIPER_KEY", announcement().getString(key));
    }

    /** Its children, their children and so on. */
    List<ProcessHandle> family() {
        return running.process().descendants().toList();
    }

    Outcome terminate() {
        running.process().destroy();
        return running.outcome();
    }

    void kill() throws InterruptedException {
        running.process().destroyForcibly().waitFor();
    }

    static void awaitEnd(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        if (running.process().isAlive()) {
            terminate();
        }
    }
}
