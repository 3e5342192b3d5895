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
import java.util.Set;
import java.util.stream.Stream;

/** Every scenario, in the order in which they are played: those that need new servers first. */
public final class Catalogue {
    private static final String CPU = "/results/cpu_micros_per_delivery";
    private static final String P99 = "/results/p99_ms";
    private static final String SECONDS = "/results/seconds";
    private static final Set<Engine> NO_PEER = Set.of();

    private final Size size;

    private Catalogue(Size size) {
        this.size = size;
    }

    public static List<Scenario> of(Size size) {
        Catalogue catalogue = new Catalogue(size);
        List<Scenario> all = new ArrayList<>();
        all.add(new StartScenario("start"));
        all.addAll(catalogue.memory());
        all.addAll(catalogue.delivery());
        all.addAll(catalogue.publishing());
        all.addAll(catalogue.connecting());
        all.addAll(catalogue.disturbed());
        all.addAll(catalogue.clusters());
        return List.copyOf(all);
    }

    private List<Scenario> memory() {
        return List.of(
                idle(
                        "idle-websocket",
                        WEBSOCKET,
                        size.idle(),
                        Set.of(MEMORY),
                        memoryRows("F1", "idle-websocket", "WebSocket")),
                idle("idle-sse", SSE, size.idle(), NO_PEER, memoryRows("F9", "idle-sse", "SSE stream")),
                new Series(
                        "memory",
                        size.connectionSteps(),
                        n -> idle("memory@" + n, WEBSOCKET, n, Set.of(MEMORY), List.of())));
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

    private static BenchScenario idle(
            String name, Transport transport, int sockets, Set<Engine> peers, List<Row> rows) {
        return new BenchScenario(
                name, "idle", transport, true, peers, Limit.NETTY, List.of("--connections=" + sockets), rows);
    }

    private List<Scenario> delivery() {
        String load = "1 topic × " + size.subscribers() + " ";
        return List.of(
                fanout(
                        "fanout-websocket",
                        WEBSOCKET,
                        size.subscribers(),
                        Set.of(MEMORY, MEMORY_WITH_HISTORY),
                        List.of(
                                new Row(
                                        "F2",
                                        "server CPU per delivery, " + load + "WebSockets",
                                        "fanout-websocket",
                                        CPU,
                                        "µs",
                                        "≤ 6 µs, ≤ 0.5× of the peer"),
                                new Row(
                                        "F3",
                                        "due to received, p99, the same load",
                                        "fanout-websocket",
                                        P99,
                                        "ms",
                                        "≤ 0.8× of the peer"))),
                fanout(
                        "fanout-sse",
                        SSE,
                        size.subscribers(),
                        NO_PEER,
                        List.of(
                                new Row(
                                        "F9",
                                        "server CPU per delivery, " + load + "SSE streams",
                                        "fanout-sse",
                                        CPU,
                                        "µs",
                                        "≤ 6 µs"),
                                new Row(
                                        "F9",
                                        "due to received, p99, the same load",
                                        "fanout-sse",
                                        P99,
                                        "ms",
                                        "as F3"))),
                new Series("width", size.widths(), n -> fanout("width@" + n, WEBSOCKET, n, Set.of(MEMORY), List.of())),
                topics("topics-uniform", 0),
                topics("topics-zipf", 1),
                ordered(),
                new BenchScenario(
                        "load",
                        "latency",
                        WEBSOCKET,
                        false,
                        Set.of(MEMORY_WITH_HISTORY),
                        Limit.NETTY,
                        List.of(
                                "--topics=10",
                                "--subscribers=1",
                                "--rates="
                                        + String.join(
                                                ",",
                                                size.loads().stream()
                                                        .map(String::valueOf)
                                                        .toList()),
                                "--payload=128",
                                warmUp(size.warmUp() / 2),
                                duration(size.seconds() / 2)),
                        List.of()),
                new AllocationScenario(
                        "allocation",
                        fanoutOptions(size.subscribers(), size.warmUp() + size.seconds() + 6),
                        size.warmUp(),
                        size.seconds()));
    }

    private BenchScenario fanout(String name, Transport transport, int subscribers, Set<Engine> peers, List<Row> rows) {
        return new BenchScenario(
                name, "fanout", transport, false, peers, Limit.NETTY, fanoutOptions(subscribers, size.seconds()), rows);
    }

    private List<String> fanoutOptions(int subscribers, double seconds) {
        return List.of(
                "--topics=1",
                "--subscribers=" + subscribers,
                "--rate=" + size.rate(),
                "--payload=128",
                warmUp(size.warmUp()),
                duration(seconds));
    }

    private BenchScenario topics(String name, int zipf) {
        String how = zipf == 0 ? "uniform" : "Zipf";
        return new BenchScenario(
                name,
                "fanout",
                WEBSOCKET,
                false,
                Set.of(MEMORY_WITH_HISTORY),
                Limit.NETTY,
                List.of(
                        "--topics=" + size.topics(),
                        "--subscribers=10",
                        "--connections=" + Math.max(10, size.topics() / 10),
                        "--rate=" + size.topicRate(),
                        "--zipf=" + zipf,
                        "--payload=128",
                        warmUp(size.warmUp() / 2),
                        duration(size.seconds())),
                List.of(
                        new Row(
                                "F10",
                                "server CPU per delivery, " + size.topics() + " topics × 10, " + size.topicRate()
                                        + " events/s, " + how,
                                name,
                                CPU,
                                "µs",
                                "≤ 0.7× of the peer"),
                        new Row("F10", "due to received, p99, the same load", name, P99, "ms", "")));
    }

    private BenchScenario ordered() {
        return new BenchScenario(
                "ordered",
                "latency",
                WEBSOCKET,
                false,
                Set.of(MEMORY_WITH_HISTORY),
                Limit.NETTY,
                List.of(
                        "--topics=1",
                        "--subscribers=10",
                        "--rates=" + size.orderedRate(),
                        "--payload=128",
                        warmUp(size.warmUp() / 2),
                        duration(size.seconds())),
                List.of(
                        new Row(
                                "F11",
                                "one topic, 10 subscribers, " + size.orderedRate() + " events/s asked: achieved",
                                "ordered",
                                "/results/steps/0/achieved",
                                "/s",
                                "holds"),
                        new Row(
                                "F11",
                                "due to received, p95, the same load",
                                "ordered",
                                "/results/steps/0/p95_ms",
                                "ms",
                                "≤ 50 ms")));
    }

    private List<Scenario> publishing() {
        return List.of(
                publish(
                        "publish",
                        1,
                        Set.of(MEMORY_WITH_HISTORY, REDIS_WITH_HISTORY),
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
                        Set.of(MEMORY_WITH_HISTORY, REDIS_WITH_HISTORY),
                        List.of(new Row(
                                "F5",
                                "durable events/s by batches of 100",
                                "publish-batches",
                                "/results/events_per_second",
                                "/s",
                                "≥ 2× of the peer"))));
    }

    private BenchScenario publish(String name, int batch, Set<Engine> peers, List<Row> rows) {
        return new BenchScenario(name, "publish", WEBSOCKET, false, peers, Limit.JNATS, publishOptions(batch), rows);
    }

    private List<String> publishOptions(int batch) {
        List<String> options = new ArrayList<>(List.of(
                "--connections=" + size.publishers(),
                "--payload=260",
                warmUp(size.warmUp() / 2),
                duration(size.seconds())));
        if (batch > 1) {
            options.add("--batch=" + batch);
        }
        return options;
    }

    private List<Scenario> connecting() {
        String arrivals = "connection set-up, p99, " + size.arrivals() + " arriving a second";
        return List.of(
                new BenchScenario(
                        "resume",
                        "resume",
                        WEBSOCKET,
                        false,
                        Set.of(MEMORY_WITH_HISTORY),
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
                        Set.of(MEMORY),
                        Limit.NETTY,
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
                        Set.of(MEMORY),
                        Limit.NETTY,
                        List.of(
                                "--connections=" + (int) (size.arrivals() * size.seconds()),
                                "--rate=" + size.arrivals()),
                        List.of(new Row("F12", arrivals, "arrive", P99, "ms", "< 100 ms"))));
    }

    private List<Scenario> disturbed() {
        List<String> fanout = fanoutOptions(size.subscribers(), size.seconds());
        return Stream.concat(
                        Stream.of(WEBSOCKET, SSE).map(transport -> stalled(transport, fanout)),
                        Stream.of(crawling(fanout), replay(fanout), neighbour(fanout)))
                .toList();
    }

    private static Scenario stalled(Transport transport, List<String> fanout) {
        String name = transport == SSE ? "stalled-sse" : "stalled-websocket";
        var load = new SlowReaders.Load(1, transport, 0, 60_000, 50);
        return new DisturbedScenario(
                name,
                "a " + (transport == SSE ? "SSE stream" : "WebSocket") + " stops reading",
                "≤ 1.1",
                fanout,
                load.calm(),
                load.maker(),
                List.of(
                        new Row("slow", "until it is closed", name, "/results/seconds_until_closed", "s", "≤ 10 s"),
                        new Row("slow", "memory meanwhile", name, "/results/memory_mb", "MB", "bounded")));
    }

    private Scenario crawling(List<String> fanout) {
        String name = "crawling";
        int readers = size.subscribers();
        var load = new SlowReaders.Load(readers, WEBSOCKET, 1_024, 10_000, 10);
        return new DisturbedScenario(
                name,
                readers + " WebSockets read 1 KB/s",
                "",
                fanout,
                load.calm(),
                load.maker(),
                List.of(
                        new Row("slow", "of these closed meanwhile", name, "/results/closed", "", "all in the end"),
                        new Row("slow", "memory meanwhile", name, "/results/memory_mb", "MB", "bounded")));
    }

    private Scenario replay(List<String> fanout) {
        int clients = size.shared() ? 5 : 100;
        return new DisturbedScenario(
                "replay",
                clients + " clients replay " + size.replayed() + " old events each",
                "≤ 1.5",
                fanout,
                BackgroundBench.SILENCE,
                BackgroundBench.of(
                        "resume", List.of("--connections=" + clients, "--missed=" + size.replayed(), "--payload=128")),
                List.of());
    }

    private Scenario neighbour(List<String> fanout) {
        return new DisturbedScenario(
                "neighbour",
                "another tenant publishes as fast as it can",
                "≤ 1.5",
                fanout,
                BackgroundBench.SILENCE,
                BackgroundBench.ofNeighbour("publish", publishOptions(1)),
                List.of());
    }

    private List<Scenario> clusters() {
        return List.of(
                new NodesScenario("nodes", size.nodes(), publishOptions(1), size.shared() ? 50 : 2_000),
                new OpenSocketsScenario("open", size.open(), size.openNodes(), size.seconds()));
    }

    private static String warmUp(double seconds) {
        return "--warm-up=" + Options.seconds(seconds);
    }

    private static String duration(double seconds) {
        return "--duration=" + Options.seconds(seconds);
    }
}
