package dev.sandpiper.perf.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A Redis that syncs its append-only file every second: what the peer needs to survive the end of a process. */
record Redis(Child child, int port) implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(10);

    static Redis start(Path program) throws InterruptedException {
        int port = Ports.free(1);
        Path data;
        try {
            data = Files.createTempDirectory("redis-perf");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Child child = Child.start(
                "redis",
                List.of(
                        program.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        data.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "everysec"),
                Map.of());
        child.awaitReady(START, () -> accepts(port));
        return new Redis(child, port);
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
