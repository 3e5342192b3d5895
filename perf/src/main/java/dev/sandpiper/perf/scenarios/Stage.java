package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.perf.report.Entry;
import dev.sandpiper.perf.report.Results;
import dev.sandpiper.perf.servers.Centrifugo;
import dev.sandpiper.perf.servers.DevServer;
import dev.sandpiper.perf.servers.Engine;
import dev.sandpiper.perf.servers.Programs;
import dev.sandpiper.perf.servers.SandpiperTarget;
import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Tenant;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What scenarios are played on: the servers, how much is asked, and where reports go. */
public final class Stage implements AutoCloseable {
    private static final int SHARED_NODES = 2;

    private final Size size;
    private final int repetitions;
    private final Results results;
    private final @Nullable Path peer;
    private @Nullable DevServer warm;

    /** @param peer Centrifugo's program, null when there is none */
    public Stage(Size size, int repetitions, Results results, @Nullable Path peer) {
        this.size = size;
        this.repetitions = repetitions;
        this.results = results;
        this.peer = peer;
    }

    Size size() {
        return size;
    }

    int repetitions() {
        return repetitions;
    }

    /** The installation that scenarios share; it stays up between them. */
    synchronized DevServer warm() throws InterruptedException {
        DevServer server = warm;
        if (server == null) {
            server = DevServer.start(size.shared() ? SHARED_NODES : 1);
            warm = server;
        }
        return server;
    }

    /** One of their own, where memory or a start is measured; the shared one when there is no time for that. */
    Lease lease(int nodes) throws InterruptedException {
        return size.shared() ? new Lease(warm(), false) : new Lease(DevServer.start(nodes), true);
    }

    /** @param own whether it ends with this */
    record Lease(DevServer server, boolean own) implements AutoCloseable {
        /** Its first nodes. */
        Target target(int nodes) {
            return new SandpiperTarget(server.nodes().subList(0, nodes), server.key());
        }

        /** The first node, as another tenant's. */
        Target neighbour() throws InterruptedException {
            return new SandpiperTarget(server.nodes().subList(0, 1), Tenant.key(server));
        }

        @Override
        public void close() {
            if (own) {
                server.close();
            }
        }
    }

    /** Empty when there is no peer, or nothing to run its engine on. */
    Optional<Target> peer(Engine engine) throws InterruptedException {
        Path program = peer;
        boolean lacksRedis = engine == Engine.REDIS_WITH_HISTORY
                && Programs.onPath("redis-server").isEmpty();
        return program == null || lacksRedis ? Optional.empty() : Optional.of(Centrifugo.start(program, engine));
    }

    void report(String scenario, String target, int repetition, String command, JsonNode report) {
        results.add(new Entry(scenario, target, repetition, command, report));
    }

    @Override
    public synchronized void close() {
        DevServer server = warm;
        if (server != null) {
            server.close();
        }
    }
}
