package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Client;
import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.load.Verdict;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.NodeProcess;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Subscriber;
import dev.sandpiper.testkit.history.History;
import dev.sandpiper.testkit.history.Reader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Line 3. A key that the frozen node knows is revoked meanwhile. A publish with it waits in the frozen node's socket, and may not
 * be accepted when the node thaws; a subscriber with it is to be cut off.
 *
 * @param nodes how many; the first, which leads the cluster, is frozen
 * @param frozen for how long
 * @param rounds how often
 */
record Freeze(int nodes, Duration frozen, int rounds) implements Fault {
    private static final Duration SERVED = Duration.ofSeconds(12);
    private static final Duration REJOIN = Duration.ofSeconds(90);
    private static final Duration PROMPT = Duration.ofSeconds(2);
    private static final int SECRETS = 5;
    /** Close codes from here on say that there is no use in coming back. */
    private static final int LASTING = 4_500;

    @Override
    public int number() {
        return 3;
    }

    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public String what() {
        return "SIGSTOP of a node for " + frozen.toSeconds() + " s, then SIGCONT, ×" + rounds;
    }

    @Override
    public String promise() {
        return "the others serve within 12 s; the frozen one fences itself, rejoins and delivers nothing stale";
    }

    @Override
    public Finding run() throws Exception {
        var finding = new Finding();
        Duration unserved = Duration.ZERO;
        Duration rejoined = Duration.ZERO;
        int exits = 0;
        int stale = 0;
        int leaked = 0;
        try (Installation installation = Installation.start(Plan.of(nodes));
                Traffic traffic = Traffic.start(installation, Shape.stream(nodes, 2 * nodes))) {
            NodeProcess victim = installation.node(0);
            Client operator = new Client(
                    installation.node(1).url(), installation.credentials().operator());
            for (int i = 0; i < rounds; i++) {
                traffic.awaitReceipts(200);
                JsonObject doomed = newKey(operator);
                Client known = new Client(victim.url(), doomed.getString("key"));
                finding.require(known.publish("doomed", "before", "").status() == 201, "a new key works");
                Reader reader = new History().reader("doomed");
                Subscriber subscriber = Subscriber.on(victim.url(), doomed.getString("key"), "doomed", reader);
                victim.freeze();
                long since = System.nanoTime();
                CompletableFuture<Client.Timed> waiting =
                        CompletableFuture.supplyAsync(() -> known.publish("doomed", "stale", ""));
                Duration last = Duration.ZERO;
                boolean revoked = false;
                while (System.nanoTime() - since < frozen.toNanos()) {
                    if (!othersServe(installation, operator)) {
                        last = Duration.ofNanos(System.nanoTime() - since);
                    } else if (!revoked) {
                        revoked = operator.delete("/v1/admin/keys/" + doomed.getString("id"))
                                        .status()
                                == 204;
                        for (int event = 0; event < SECRETS; event++) {
                            operator.publish("doomed", "secret", "");
                        }
                    }
                }
                unserved = last.compareTo(unserved) > 0 ? last : unserved;
                finding.require(revoked, "a key can be revoked while a node is frozen");
                victim.thaw();
                long thawed = System.nanoTime();
                int status = waiting.join().status();
                stale += status == 201 ? 1 : 0;
                finding.require(
                        subscriber.ending().code() >= LASTING,
                        "a subscriber whose key was revoked is sent away for good");
                leaked += reader.count();
                exits += awaitWhole(installation, victim) ? 0 : 1;
                Duration took = Duration.ofNanos(System.nanoTime() - thawed);
                rejoined = took.compareTo(rejoined) > 0 ? took : rejoined;
                traffic.awaitSubscribers();
            }
            traffic.awaitReceipts(200);
            Verdict verdict = traffic.judge();
            return finding.figure("rounds", rounds)
                    .of(verdict)
                    .atMost("others did not serve for", unserved, SERVED)
                    .figure("whole again after, s", rejoined)
                    .figure("exits of the frozen node", exits)
                    .figure("accepted with a revoked key", stale)
                    .figure("events given to revoked subscribers", leaked)
                    .require(stale == 0, "nothing is accepted with a key that was revoked during the freeze")
                    .require(
                            leaked == 0,
                            "nothing is delivered to a subscriber whose key was revoked during the freeze");
        }
    }

    /** Publishes, reads and administers on each of the others, each promptly. */
    private static boolean othersServe(Installation installation, Client operator) {
        List<NodeProcess> others =
                installation.nodes().subList(1, installation.nodes().size());
        for (NodeProcess node : others) {
            Client client = new Client(node.url(), installation.credentials().client());
            if (!isPrompt(client.publish("served", "x", ""), 201) || !isPrompt(client.history("served"), 200)) {
                return false;
            }
        }
        return isPrompt(operator.get("/v1/admin/keys?limit=1"), 200);
    }

    private static boolean isPrompt(Client.Timed timed, int status) {
        return timed.status() == status && timed.took().compareTo(PROMPT) <= 0;
    }

    private static JsonObject newKey(Client operator) {
        Client.Timed made = operator.post(
                "/v1/admin/keys",
                new JsonObject()
                        .put("name", "doomed")
                        .put("scopes", new JsonArray().add("events:publish").add("events:subscribe")));
        if (made.status() != 201) {
            throw new AssertionError("no key: " + made);
        }
        return made.json();
    }

    /** Waits until every node is ready and sees all others. False when the frozen one had to be started again. */
    private static boolean awaitWhole(Installation installation, NodeProcess victim) {
        boolean[] survived = {true};
        Eventually.await("the cluster is whole again", REJOIN, () -> {
            if (!victim.isAlive()) {
                // As whatever supervises a node does.
                survived[0] = false;
                victim.start();
            }
            return installation.nodes().stream()
                    .allMatch(node -> node.isReady()
                            && node.metric("sandpiper_cluster_nodes")
                                    == installation.nodes().size());
        });
        return survived[0];
    }
}
