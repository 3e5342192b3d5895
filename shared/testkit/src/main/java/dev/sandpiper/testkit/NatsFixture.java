package dev.sandpiper.testkit;

import dev.sandpiper.services.NatsBinary;
import dev.sandpiper.services.NatsOptions;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.services.Progress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real nats-server with JetStream for tests. It ends with the JVM. */
public final class NatsFixture {
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private static @Nullable NatsFixture shared;

    private final @Nullable NatsServer process;
    private final int port;
    private final int monitoringPort;

    private NatsFixture(@Nullable NatsServer process, int port, int monitoringPort) {
        this.process = process;
        this.port = port;
        this.monitoringPort = monitoringPort;
    }

    /** One server for all tests of this JVM: never stop it, and keep to a {@link #namespace()}. */
    public static synchronized NatsFixture shared() {
        NatsFixture fixture = shared;
        if (fixture == null) {
            fixture = Containers.areWanted() ? contained() : own();
            shared = fixture;
        }
        return fixture;
    }

    /** A server of its own, always a process, for a test that stops, kills or pauses it; takes about 50 ms. */
    public static NatsFixture own() {
        return own(0);
    }

    /** @param maxStoreBytes for all streams together; 0 for no limit but the disk's */
    public static NatsFixture own(long maxStoreBytes) {
        Path folder = TestFolder.create("nats");
        NatsServer server = NatsServer.start(
                NatsOptions.of(NatsBinary.acquire(Progress.logged()).path(), folder)
                        .maxStoreBytes(maxStoreBytes));
        TestFolder.deleteAtExit(folder, server::kill);
        return new NatsFixture(server, server.port(), server.monitoringPort());
    }

    private static NatsFixture contained() {
        var nats = Containers.nats();
        return new NatsFixture(
                null, nats.getMappedPort(Containers.NATS_PORT), nats.getMappedPort(Containers.MONITORING_PORT));
    }

    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** On this machine's loopback, also when it is a container. */
    public int port() {
        return port;
    }

    /** Serves {@code /varz}, {@code /jsz}, {@code /healthz} and so on. */
    public String monitoringUrl() {
        return "http://127.0.0.1:" + monitoringPort;
    }

    /** For {@code SANDPIPER_NATS_NAMESPACE}: another one each time. */
    public String namespace() {
        return "t" + NAMESPACES.incrementAndGet();
    }

    /** Of {@link #own()}, to stop, kill or pause it. */
    public NatsServer server() {
        if (process == null) {
            throw new IllegalStateException("A container is not to be tampered with; use own()");
        }
        return process;
    }
}
