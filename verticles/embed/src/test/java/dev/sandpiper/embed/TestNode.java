package dev.sandpiper.embed;

import dev.sandpiper.services.FreePorts;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.vertx.core.Future;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real node on a real PostgreSQL and nats-server, listening on free ports of 127.0.0.1. */
public final class TestNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TestNode.class);

    private static @Nullable TestNode shared;

    private final Sandpiper sandpiper;
    private final Map<String, String> settings;
    private final Queue<Throwable> unhandled = new ConcurrentLinkedQueue<>();

    private TestNode(Sandpiper sandpiper, Map<String, String> settings) {
        this.sandpiper = sandpiper;
        this.settings = settings;
        sandpiper.vertx().exceptionHandler(failure -> {
            LOG.error("An exception that nobody handled", failure);
            unhandled.add(failure);
        });
    }

    /** One node for all tests of this JVM: never close it, and keep to a {@link #createProject()}. */
    public static synchronized TestNode shared() {
        TestNode node = shared;
        if (node == null) {
            node = start(Map.of());
            shared = node;
        }
        return node;
    }

    /**
     * A node of its own, with its own stream and database.
     *
     * @param overrides settings without the prefix, such as {@code SOCKETS_PING_INTERVAL} to {@code 200ms}; with {@code
     *     DATABASE_URL}, {@code NATS_URL}, {@code NATS_NAMESPACE}, {@code CLUSTER_PORT} and so on it joins others
     */
    public static TestNode start(Map<String, String> overrides) {
        Map<String, String> settings = settings(overrides);
        var config = NodeConfig.from(settings, Set.of());
        return new TestNode(await(Sandpiper.builder().config(config).start()), settings);
    }

    /** What a node needs at least, changed as wanted; names with the prefix. */
    static Map<String, String> settings(Map<String, String> overrides) {
        Map<String, String> settings = new HashMap<>();
        NatsFixture nats = NatsFixture.shared();
        int port = FreePorts.next();
        settings.put("NODE_ID", "test-" + port);
        settings.put("SECRET", "the secret of an installation that only tests");
        settings.put("EVENT_LOOPS", "2");
        settings.put("NATS_URL", nats.url());
        settings.put("NATS_NAMESPACE", nats.namespace());
        settings.put("HTTP_PORT", "0");
        settings.put("MANAGEMENT_PORT", "0");
        settings.put("CLUSTER_NAME", "test-" + port);
        settings.put("CLUSTER_PORT", Integer.toString(port));
        settings.putAll(overrides);
        if (!settings.containsKey("DATABASE_URL")) {
            TestDatabase database = PostgresFixture.shared().createDatabase();
            settings.put("DATABASE_URL", database.url());
        }
        Map<String, String> prefixed = new HashMap<>();
        settings.forEach((name, value) -> prefixed.put("SANDPIPER_" + name, value));
        return prefixed;
    }

    /** Of the public listener, without a path: {@code http://127.0.0.1:…}. */
    public URI http() {
        return URI.create("http://127.0.0.1:" + sandpiper.httpPort());
    }

    /** Where WebSockets connect: {@code ws://127.0.0.1:…/v1/ws}. */
    public URI ws() {
        return URI.create("ws://127.0.0.1:" + sandpiper.httpPort() + "/v1/ws");
    }

    /** Of the management listener, without a path. */
    public URI management() {
        return URI.create("http://127.0.0.1:" + sandpiper.managementPort());
    }

    public TestProject createProject() {
        return TestProject.create(sandpiper.keys());
    }

    /** The node itself: its ports, its Vert.x instance. */
    public Sandpiper sandpiper() {
        return sandpiper;
    }

    /** What it was configured with; names with the prefix. */
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    /** Exceptions that went all the way up to Vert.x: there must be none. */
    public List<Throwable> unhandled() {
        return List.copyOf(unhandled);
    }

    /** Ends it in order; fails when there were exceptions that nobody handled. */
    @Override
    public void close() {
        await(sandpiper.shutdown());
        if (!unhandled.isEmpty()) {
            throw new AssertionError("exceptions that nobody handled: " + unhandled);
        }
    }

    /** For tests: on the thread of the test, never on an event loop. */
    public static <T> T await(Future<T> future) {
        try {
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 30 seconds", e);
        }
    }
}
