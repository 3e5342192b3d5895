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

    private final NatsServer server;

    private NatsFixture(NatsServer server) {
        this.server = server;
    }

    /** One server for all tests of this JVM: never stop it, and keep to a {@link #namespace()}. */
    public static synchronized NatsFixture shared() {
        NatsFixture fixture = shared;
        if (fixture == null) {
            fixture = own();
            shared = fixture;
        }
        return fixture;
    }

    /** A server of its own, for a test that stops, kills or pauses it; takes about 50 ms. */
    public static NatsFixture own() {
        Path folder = TestFolder.create("nats");
        NatsServer server = NatsServer.start(
                NatsOptions.of(NatsBinary.acquire(Progress.logged()).path(), folder));
        TestFolder.deleteAtExit(folder, server::kill);
        return new NatsFixture(server);
    }

    public String url() {
        return server.url();
    }

    /** For {@code SANDPIPER_NATS_NAMESPACE}: another one each time. */
    public String namespace() {
        return "t" + NAMESPACES.incrementAndGet();
    }

    /** To stop, kill or pause it. */
    public NatsServer server() {
        return server;
    }
}
