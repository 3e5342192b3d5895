package dev.sandpiper.perf.faults.servers;

import dev.sandpiper.perf.faults.clock.Clock;
import dev.sandpiper.schema.SchemaMigration;
import dev.sandpiper.services.Folders;
import dev.sandpiper.services.FreePorts;
import dev.sandpiper.services.NatsBinary;
import dev.sandpiper.services.NatsCluster;
import dev.sandpiper.services.NatsOptions;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.services.PostgresOptions;
import dev.sandpiper.services.PostgresServer;
import dev.sandpiper.services.Progress;
import dev.sandpiper.testkit.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** PostgreSQL, NATS and nodes that belong together, with two keys. Closing it ends all of them and deletes what they stored. */
public final class Installation implements AutoCloseable {
    /** Of the event stream in {@link #natsUrl()}. */
    public static final String STREAM = "EVENTS";

    private static final String SECRET = "the secret of an installation that is broken on purpose";
    private static final String DATABASE = "sandpiper";
    private static final int REPLICAS = 3;

    private final Path folder;
    private final Plan plan;
    private final PostgresServer postgres;
    private final List<NatsServer> nats = new ArrayList<>();
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final Credentials credentials;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Installation(Path folder, Plan plan) {
        this.folder = folder;
        this.plan = plan;
        // Durable: what was acknowledged is asked for after kill -9.
        this.postgres =
                PostgresServer.start(new PostgresOptions(folder.resolve("postgres"), 0, true, Progress.logged()));
        postgres.createDatabase(DATABASE, PostgresServer.PLAIN_TEMPLATE);
        SchemaMigration.migrate(postgres.jdbcUrl(DATABASE), PostgresServer.USER, postgres.password());
        startNats();
        if (plan.proxied()) {
            proxies.add(FaultProxy.to(nats.getFirst().port()));
            proxies.add(FaultProxy.to(postgres.port()));
        }
        this.credentials = Credentials.create(postgres.url(DATABASE), SECRET);
        startNodes();
    }

    /** Returns when every node is ready. */
    public static Installation start(Plan plan) {
        var installation = new Installation(temporary(), plan);
        // After Ctrl-C too, nothing is left.
        Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "installation-stop"));
        try {
            installation.nodes.forEach(NodeProcess::awaitReady);
            return installation;
        } catch (RuntimeException | Error e) {
            installation.close();
            throw e;
        }
    }

    public List<NodeProcess> nodes() {
        return List.copyOf(nodes);
    }

    public NodeProcess node(int index) {
        return nodes.get(index % nodes.size());
    }

    /** Of all nodes, in order. */
    public List<URI> urls() {
        return nodes.stream().map(NodeProcess::url).toList();
    }

    /** Of a node, when the plan says that clocks can be turned. */
    public Clock clock(NodeProcess node) {
        return Clock.of(folder, node.name());
    }

    public List<NatsServer> nats() {
        return List.copyOf(nats);
    }

    /** Of all servers, past any proxy. */
    public String natsUrl() {
        return nats.stream().map(NatsServer::url).collect(Collectors.joining(","));
    }

    public PostgresServer postgres() {
        return postgres;
    }

    /** Only when the plan has proxies. */
    public FaultProxy natsProxy() {
        return proxies.get(0);
    }

    /** Only when the plan has proxies. */
    public FaultProxy postgresProxy() {
        return proxies.get(1);
    }

    public Credentials credentials() {
        return credentials;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        nodes.forEach(NodeProcess::kill);
        proxies.forEach(FaultProxy::close);
        nats.forEach(NatsServer::kill);
        postgres.stop();
        Folders.delete(folder);
    }

    private void startNats() {
        Path binary = NatsBinary.acquire(Progress.logged()).path();
        if (plan.natsServers() == 1) {
            Path own = plan.natsFolder();
            nats.add(NatsServer.start(NatsOptions.of(binary, own == null ? folder.resolve("nats") : own)
                    .maxStoreBytes(plan.natsStoreBytes())));
            return;
        }
        List<Integer> routes =
                Stream.generate(FreePorts::next).limit(plan.natsServers()).toList();
        for (int route : routes) {
            String name = "n" + route;
            nats.add(NatsServer.start(NatsOptions.of(binary, folder.resolve(name))
                    .cluster(name, new NatsCluster("faults", route, routes))));
        }
    }

    private void startNodes() {
        List<Integer> clusterPorts =
                Stream.generate(FreePorts::next).limit(plan.nodes()).toList();
        for (int i = 0; i < plan.nodes(); i++) {
            String name = "node-" + (i + 1);
            int port = FreePorts.next();
            int managementPort = FreePorts.next();
            Map<String, String> environment = new HashMap<>();
            // Nothing of what this JVM runs in may configure the nodes.
            System.getenv().keySet().stream()
                    .filter(variable -> variable.startsWith("SANDPIPER_"))
                    .forEach(variable -> environment.put(variable, ""));
            Map<String, String> settings = new HashMap<>(settings());
            settings.put("NODE_ID", name);
            settings.put("HTTP_PORT", Integer.toString(port));
            settings.put("MANAGEMENT_PORT", Integer.toString(managementPort));
            settings.put("CLUSTER_PORT", Integer.toString(clusterPorts.get(i)));
            settings.put(
                    "CLUSTER_MEMBERS",
                    clusterPorts.stream().map(member -> "127.0.0.1:" + member).collect(Collectors.joining(",")));
            settings.put("CLUSTER_NAME", "faults-" + clusterPorts.getFirst());
            settings.forEach((setting, value) -> environment.put("SANDPIPER_" + setting, value));
            List<String> options =
                    plan.clocks() ? List.of(Clock.of(folder, name).option()) : List.of();
            nodes.add(new NodeProcess(name, port, managementPort, options, environment, folder.resolve(name + ".log")));
        }
    }

    /** Of all nodes. */
    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("SECRET", SECRET);
        settings.put("EVENT_LOOPS", "2");
        settings.put("DATABASE_URL", through(postgres.url(DATABASE), postgres.port(), 1));
        settings.put("NATS_URL", through(natsUrl(), nats.getFirst().port(), 0));
        settings.put("NATS_REPLICAS", Integer.toString(plan.natsServers() == 1 ? 1 : REPLICAS));
        settings.put("CLUSTER_BUS_PORT", "0");
        return settings;
    }

    private String through(String url, int port, int proxy) {
        return plan.proxied()
                ? url.replace(
                        "127.0.0.1:" + port, "127.0.0.1:" + proxies.get(proxy).port())
                : url;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("sandpiper-faults-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder", e);
        }
    }
}
