package dev.sandpiper.testkit;

import dev.sandpiper.services.FreePorts;
import dev.sandpiper.services.NatsBinary;
import dev.sandpiper.services.NatsCluster;
import dev.sandpiper.services.NatsOptions;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.services.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three real nats-servers, always processes, that form one JetStream cluster: for tests of replicas. They end with the JVM. */
public final class NatsTrio implements AutoCloseable {
    private final List<NatsServer> servers = new ArrayList<>();

    private NatsTrio() {}

    /**
     * Returns when each answers; they may still be electing a leader.
     *
     * @param syncAlways whether they synchronise every message to disk
     */
    public static NatsTrio start(boolean syncAlways) {
        Path folder = TestFolder.create("nats-trio");
        NatsTrio trio = new NatsTrio();
        TestFolder.deleteAtExit(folder, trio::close);
        Path binary = NatsBinary.acquire(Progress.logged()).path();
        List<Integer> routes = Stream.generate(FreePorts::next).limit(3).toList();
        for (int route : routes) {
            String name = "n" + route;
            trio.servers.add(NatsServer.start(new NatsOptions(
                    binary, folder.resolve(name), name, 0, 0, syncAlways, 0, new NatsCluster("trio", route, routes))));
        }
        return trio;
    }

    /** For {@code SANDPIPER_NATS_URL}. */
    public String url() {
        return servers.stream().map(NatsServer::url).collect(Collectors.joining(","));
    }

    /** For {@code SANDPIPER_NATS_MONITOR_URL}. */
    public String monitoringUrl() {
        return servers.stream().map(NatsServer::monitoringUrl).collect(Collectors.joining(","));
    }

    /** @param name as JetStream names the leader of a stream */
    public NatsServer server(String name) {
        return servers.stream()
                .filter(server -> name.equals(server.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no server " + name));
    }

    @Override
    public void close() {
        servers.forEach(NatsServer::kill);
    }
}
