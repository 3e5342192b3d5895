package dev.sandpiper.perf.scenarios;

import static dev.sandpiper.perf.servers.Engine.MEMORY;
import static dev.sandpiper.perf.servers.Engine.MEMORY_WITH_HISTORY;
import static dev.sandpiper.perf.servers.Transport.SSE;
import static dev.sandpiper.perf.servers.Transport.WEBSOCKET;

import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Engine;
import dev.sandpiper.perf.servers.Transport;
import java.util.List;

/** Events on their way to subscribers. */
final class DeliveryCatalogue {
    private static final String CPU = "/results/cpu_micros_per_delivery";
    private static final String P99 = "/results/p99_ms";
    private static final List<Engine> NO_PEER = List.of();

    private final Size size;
    private final Loads loads;

    DeliveryCatalogue(Size size) {
        this.size = size;
        this.loads = new Loads(size);
    }

    List<Scenario> all() {
        String load = "1 topic × " + size.subscribers() + " ";
        return List.of(
                fanout(
                        "fanout-websocket",
                        WEBSOCKET,
                        size.subscribers(),
                        List.of(MEMORY, MEMORY_WITH_HISTORY),
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
                new Series("width", size.widths(), n -> fanout("width@" + n, WEBSOCKET, n, List.of(MEMORY), List.of())),
                topics("topics-uniform", 0),
                topics("topics-zipf", 1),
                ordered(),
                new Once(new BenchScenario(
                        "load",
                        "latency",
                        WEBSOCKET,
                        false,
                        List.of(MEMORY_WITH_HISTORY),
                        size.again(Limit.NETTY),
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
                                Loads.warmUp(size.warmUp() / 2),
                                Loads.duration(size.seconds() / 2)),
                        List.of())),
                new AllocationScenario(
                        "allocation",
                        loads.fanout(size.subscribers(), size.warmUp() + size.seconds() + 6),
                        size.warmUp(),
                        size.seconds()));
    }

    private BenchScenario fanout(
            String name, Transport transport, int subscribers, List<Engine> peers, List<Row> rows) {
        return new BenchScenario(
                name, "fanout", transport, false, peers, Limit.NETTY, loads.fanout(subscribers, size.seconds()), rows);
    }

    private BenchScenario topics(String name, int zipf) {
        String how = zipf == 0 ? "uniform" : "Zipf";
        return new BenchScenario(
                name,
                "fanout",
                WEBSOCKET,
                false,
                List.of(MEMORY_WITH_HISTORY),
                size.again(Limit.NETTY),
                List.of(
                        "--topics=" + size.topics(),
                        "--subscribers=10",
                        "--connections=" + Math.max(10, size.topics() / 10),
                        "--rate=" + size.topicRate(),
                        "--zipf=" + zipf,
                        "--payload=128",
                        Loads.warmUp(size.warmUp() / 2),
                        Loads.duration(size.seconds())),
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
                List.of(MEMORY_WITH_HISTORY),
                // The bare server knows no batches.
                Limit.NONE,
                List.of(
                        "--topics=1",
                        "--subscribers=10",
                        // One topic is published over one connection: one by one it would be the client that is
                        // measured.
                        "--batch=20",
                        "--rates=" + size.orderedRate() / 5 + "," + size.orderedRate(),
                        "--payload=128",
                        Loads.warmUp(size.warmUp() / 2),
                        Loads.duration(size.seconds())),
                List.of(
                        new Row(
                                "F11",
                                "one topic, 10 subscribers, " + size.orderedRate()
                                        + " events/s asked in batches of 20: achieved",
                                "ordered",
                                "/results/steps/1/achieved",
                                "/s",
                                "holds"),
                        new Row(
                                "F11",
                                "due to received, p95, the same load",
                                "ordered",
                                "/results/steps/1/p95_ms",
                                "ms",
                                "≤ 50 ms")));
    }
}
