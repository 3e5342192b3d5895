package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Client;
import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.FaultProxy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Line 4. Each way to break a connection, for each of the two that every node has.
 *
 * @param rounds of all of them
 * @param lasting how long each holds
 */
record Network(int rounds, Duration lasting) implements Fault {
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration DELAY = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 4;

    /** How a network breaks. */
    private enum Way {
        CUT,
        HALF_OPEN,
        SLOW,
        RESET;

        void begin(FaultProxy proxy) {
            switch (this) {
                case CUT -> proxy.cut();
                case HALF_OPEN -> proxy.goSilent();
                case SLOW -> proxy.delay(DELAY);
                case RESET -> proxy.reset();
            }
        }

        /** Every new connection too. */
        void goOn(FaultProxy proxy) {
            if (this == RESET) {
                proxy.reset();
            }
        }

        void end(FaultProxy proxy) {
            proxy.delay(Duration.ZERO);
            proxy.restore();
        }

        /** Whether some requests may succeed all the same. */
        boolean mayServe() {
            return this == SLOW || this == RESET;
        }
    }

    @Override
    public int number() {
        return 4;
    }

    @Override
    public String name() {
        return "network";
    }

    @Override
    public String what() {
        return "NATS, then PostgreSQL: cut, half-open, slow by " + DELAY.toMillis() + " ms, reset every 0.5 s; "
                + lasting.toSeconds() + " s each, ×" + rounds;
    }

    @Override
    public String promise() {
        return "what cannot be served is answered 503 within 2 s, never 2xx without an ack; recovery without a restart";
    }

    @Override
    public Finding run() throws Exception {
        var finding = new Finding();
        Duration slowest = Duration.ZERO;
        Duration recovery = Duration.ZERO;
        int refused = 0;
        try (Installation installation = Installation.start(Plan.of(2).behindProxies());
                Traffic traffic = Traffic.start(installation, Shape.stream(2, CONNECTIONS))) {
            Client known = new Client(
                    installation.node(0).url(), installation.credentials().client());
            for (int round = 0; round < rounds; round++) {
                for (boolean nats : new boolean[] {true, false}) {
                    FaultProxy proxy = nats ? installation.natsProxy() : installation.postgresProxy();
                    for (Way way : Way.values()) {
                        traffic.awaitReceipts(50);
                        // Only PostgreSQL can tell what it is worth; known keys go on.
                        Client asking = nats ? known : known.as(unknownKey(installation));
                        String what =
                                (nats ? "NATS " : "PostgreSQL ") + way.name().toLowerCase(Locale.ROOT);
                        long since = System.nanoTime();
                        way.begin(proxy);
                        while (System.nanoTime() - since < lasting.toNanos()) {
                            Client.Timed timed = asking.publish("probe", "x", "");
                            slowest = timed.took().compareTo(slowest) > 0 ? timed.took() : slowest;
                            refused += timed.status() == 503 ? 1 : 0;
                            finding.require(
                                    timed.status() == 503 || (way.mayServe() && timed.status() == 201),
                                    what + ": answered " + timed.status());
                            TimeUnit.MILLISECONDS.sleep(500);
                            way.goOn(proxy);
                        }
                        way.end(proxy);
                        long ended = System.nanoTime();
                        Eventually.await(
                                what + ": served again",
                                PATIENCE,
                                () -> asking.publish("probe", "x", "").status() == 201);
                        Duration took = Duration.ofNanos(System.nanoTime() - ended);
                        recovery = took.compareTo(recovery) > 0 ? took : recovery;
                        installation.nodes().forEach(node -> finding.require(node.isAlive(), node.name() + " lives"));
                    }
                }
            }
            traffic.awaitSubscribers();
            traffic.awaitReceipts(50);
            Verdict verdict = traffic.judge();
            return finding.figure("faults", rounds * 2 * Way.values().length)
                    .of(verdict)
                    .figure("answers 503 to probes", refused)
                    .atMost("slowest answer to a probe", slowest, ANSWER)
                    .figure("slowest answer to publishers, s", verdict.slowest())
                    .figure("served again after at most, s", recovery);
        }
    }

    /** Made on the other node, so the one that is asked has never seen it. */
    private static String unknownKey(Installation installation) {
        Client operator = new Client(
                installation.node(1).url(), installation.credentials().operator());
        return operator.post(
                        "/v1/admin/keys",
                        new JsonObject().put("name", "unknown").put("scopes", new JsonArray().add("events:publish")))
                .json()
                .getString("key");
    }
}
