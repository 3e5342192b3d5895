package dev.sandpiper.runtime.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** Real nodes of one cluster on loopback, within this JVM. */
final class LocalCluster implements AutoCloseable {
    private final List<Vertx> nodes = new ArrayList<>();
    private final String name;
    private final List<String> members;

    LocalCluster(int size) {
        List<Integer> ports = IntStream.range(0, size).mapToObj(i -> freePort()).toList();
        name = "test-" + ports.get(0);
        members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        for (int port : ports) {
            nodes.add(await(start(config(name, port, members))));
        }
    }

    Vertx node(int index) {
        return nodes.get(index);
    }

    /** One more node, which the caller closes. */
    Future<Vertx> join() {
        return start(config(name, freePort(), members));
    }

    static ClusterConfig config(String name, int port, List<String> members) {
        return new ClusterConfig(
                name,
                "127.0.0.1",
                null,
                port,
                0,
                members,
                null,
                Duration.ofSeconds(8),
                Duration.ofMillis(100),
                3,
                TransportChoice.AUTO);
    }

    static Future<Vertx> start(ClusterConfig config) {
        return ClusteredVertx.start(config, new VertxOptions().setEventLoopPoolSize(1), options -> new NoMetrics());
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 30 seconds", e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        await(Future.join(nodes.stream().map(Vertx::close).toList()));
    }

    private static final class NoMetrics implements VertxMetrics {}
}
