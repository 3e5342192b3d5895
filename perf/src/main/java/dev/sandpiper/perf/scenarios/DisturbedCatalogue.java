package dev.sandpiper.perf.scenarios;

import static dev.sandpiper.perf.servers.Transport.SSE;
import static dev.sandpiper.perf.servers.Transport.WEBSOCKET;

import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.servers.Transport;
import java.util.List;
import java.util.stream.Stream;

/** Slow and hostile neighbours. */
final class DisturbedCatalogue {

    private final Size size;
    private final Loads loads;

    DisturbedCatalogue(Size size) {
        this.size = size;
        this.loads = new Loads(size);
    }

    List<Scenario> all() {
        List<String> fanout = loads.fanout(size.subscribers(), size.seconds());
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
                false,
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
                false,
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
                true,
                List.of());
    }

    private Scenario neighbour(List<String> fanout) {
        return new DisturbedScenario(
                "neighbour",
                "another tenant publishes as fast as it can",
                "≤ 1.5",
                fanout,
                BackgroundBench.SILENCE,
                BackgroundBench.ofNeighbour("publish", loads.publish(1)),
                true,
                List.of());
    }
}
