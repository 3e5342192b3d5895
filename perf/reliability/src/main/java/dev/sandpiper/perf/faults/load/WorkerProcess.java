package dev.sandpiper.perf.faults.load;

import dev.sandpiper.services.ChildProcess;
import dev.sandpiper.services.ChildSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A worker of a durable consumer that can be killed; it publishes each input once, so that outputs can be counted. */
public final class WorkerProcess {
    private final ChildProcess process;
    private final Path output;

    private WorkerProcess(ChildProcess process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * @param socket whether it hears and speaks on a WebSocket; by REST otherwise
     * @param topic what it publishes to
     * @param output where it writes what it says
     */
    public static WorkerProcess start(
            boolean socket, URI node, String key, String consumer, String topic, Path output) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                socket ? "socket" : "rest",
                node.toString(),
                key,
                consumer,
                topic);
        return new WorkerProcess(
                ChildProcess.start(new ChildSpec(command, Map.of(), output, ChildSpec.Signal.TERM)), output);
    }

    /** Whether it has been given an event. */
    public boolean isWorking() {
        String said = said();
        if (!process.isAlive()) {
            throw new AssertionError("A worker has ended: " + said);
        }
        return said.contains(WorkerMain.WORKING);
    }

    /** As {@code kill -9}. Returns when it is gone. */
    public void kill() {
        process.kill();
    }

    private String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + output, e);
        }
    }
}
