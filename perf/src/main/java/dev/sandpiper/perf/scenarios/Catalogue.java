package dev.sandpiper.perf.scenarios;

import static dev.sandpiper.perf.servers.Engine.MEMORY;
import static dev.sandpiper.perf.servers.Engine.MEMORY_WITH_HISTORY;
import static dev.sandpiper.perf.servers.Engine.REDIS_WITH_HISTORY;
import static dev.sandpiper.perf.servers.Transport.SSE;
import static dev.sandpiper.perf.servers.Transport.WEBSOCKET;

import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Engine;
import dev.sandpiper.perf.servers.Transport;
import java.util.ArrayList;
import java.util.List;

/** Every scenario, in the order in which they are played: those that need new servers first. */
public final class Catalogue {
    private static final String P99 = "/results/p99_ms";
    private static final String SECONDS = "/results/seconds";
    private static final List<Engine> NO_PEER = List.of();

    private final Size size;
    private final Loads loads;

    private Catalogue(Size size) {
        this.size = size;
        this.loads = new Loads(size);
    }

    public static List<Scenario> of(Size size) {
        Catalogue catalogue = new Catalogue(size);
        List<Scenario> all = new ArrayList<>();
        all.add(new StartScenario("start"));
        all.addAll(catalogue.memory());
        all.addAll(new DeliveryCatalogue(size).all());
        all.addAll(catalogue.publishing());
        all.addAll(catalogue.connecting());
        all.addAll(new DisturbedCatalogue(size).all());
        all.addAll(catalogue.clusters());
        return List.copyOf(all);
    }

    private List<Scenario> memory() {
        return List.of(
                idle(
                        "idle-websocket",
                        WEBSOCKET,
                        size.idle(),
                        List.of(MEMORY),
                        memoryRows("F1", "idle-websocket", "WebSocket")),
                idle("idle-sse", SSE, size.idle(), NO_PEER, memoryRows("F9", "idle-sse", "SSE stream")),
                new Series(
                        "memory",
                        size.connectionSteps(),
                        n -> idle("memory@" + n, WEBSOCKET, n, List.of(MEMORY), List.of())));
    }

    private List<Row> memoryRows(String id, String scenario, String what) {
        String goal = "≤ 6 KB, ≤ 0.15× of the peer";
        return List.of(
                new Row(
                        id,
                        "resident memory per idle subscribed " + what + ", " + size.idle() + " on one node",
                        scenario,
                        "/results/kb_per_connection",
                        "KB",
                        goal),
                new Row(
                        id,
                        "the same for each after the first fifth",
                        scenario,
                        "/results/kb_per_further_connection",
                        "KB",
                        goal));
    }

    private BenchScenario idle(String name, Transport transport, int sockets, List<Engine> peers, List<Row> rows) {
        return new BenchScenario(name, "idle", transport, true, peers, Limit.NETTY, loads.idle(sockets), rows);
    }

    private List<Scenario> publishing() {
        return List.of(
                publish(
                        "publish",
                        1,
                        List.of(MEMORY_WITH_HISTORY, REDIS_WITH_HISTORY),
                        List.of(
                                new Row(
                                        "F4",
                                        "durable publishes/s by HTTP, " + size.publishers()
                                                + " keep-alive connections, 260 B",
                                        "publish",
                                        "/results/events_per_second",
                                        "/s",
                                        "≥ 1.5× of the peer with Redis, ≥ 1× with history in memory"),
                                new Row("F4", "request to receipt, p99, the same load", "publish", P99, "ms", ""))),
                publish(
                        "publish-batches",
                        100,
                        List.of(MEMORY_WITH_HISTORY, REDIS_WITH_HISTORY),
                        List.of(new Row(
                                "F5",
                                "durable events/s by batches of 100",
                                "publish-batches",
                                "/results/events_per_second",
                                "/s",
                                "≥ 2× of the peer"))));
    }

    private BenchScenario publish(String name, int batch, List<Engine> peers, List<Row> rows) {
        return new BenchScenario(
                name,
                "publish",
                WEBSOCKET,
                false,
                peers,
                batch == 1 ? Limit.JNATS : Limit.NONE,
                loads.publish(batch),
                rows);
    }

    private List<Scenario> connecting() {
        String arrivals = "connection set-up, p99, " + size.arrivals() + " arriving a second";
        return List.of(
                new BenchScenario(
                        "resume",
                        "resume",
                        WEBSOCKET,
                        false,
                        List.of(MEMORY_WITH_HISTORY),
                        Limit.NONE,
                        List.of("--connections=" + size.resuming(), "--missed=" + size.missed(), "--payload=128"),
                        List.of(
                                new Row(
                                        "F6",
                                        size.resuming() + " clients resume at once, " + size.missed()
                                                + " events each: until all have caught up",
                                        "resume",
                                        "/results/seconds_until_all",
                                        "s",
                                        "≤ 0.7× of the peer"),
                                new Row(
                                        "F6",
                                        "the same: server CPU",
                                        "resume",
                                        "/results/cpu_seconds",
                                        "s",
                                        "≤ 0.7× of the peer"))),
                new BenchScenario(
                        "connect",
                        "connect",
                        WEBSOCKET,
                        false,
                        List.of(MEMORY),
                        size.again(Limit.NETTY),
                        List.of("--connections=" + size.connecting(), "--rate=0"),
                        List.of(new Row(
                                "F12",
                                "time for " + size.connecting() + " connections",
                                "connect",
                                SECONDS,
                                "s",
                                "≤ 0.7× of the peer"))),
                new BenchScenario(
                        "arrive",
                        "connect",
                        WEBSOCKET,
                        false,
                        List.of(MEMORY),
                        size.again(Limit.NETTY),
                        List.of(
                                "--connections=" + (int) (size.arrivals() * size.seconds()),
                                "--rate=" + size.arrivals()),
                        List.of(new Row("F12", arrivals, "arrive", P99, "ms", "< 100 ms"))));
    }

    private List<Scenario> clusters() {
        return List.of(
                new NodesScenario("nodes", size.nodes(), loads, size.shared() ? 50 : 2_000),
                new OpenSocketsScenario("open", size.open(), size.openNodes(), size.seconds()));
    }
}
