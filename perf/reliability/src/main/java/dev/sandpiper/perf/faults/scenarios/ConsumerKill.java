package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Client;
import dev.sandpiper.perf.faults.load.Client.Timed;
import dev.sandpiper.perf.faults.load.WorkerProcess;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.services.Folders;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.clients.Answer;
import dev.sandpiper.testkit.clients.KeepAlive;
import dev.sandpiper.testkit.clients.StoredTopic;
import dev.sandpiper.testkit.history.Entry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Line 7. Workers consume, transform and publish, half of them by REST and half on WebSockets; one after the other is killed at
 * a moment that nobody chose, and another takes its place.
 *
 * @param kills of workers
 * @param workers at the same time
 * @param backlog events that wait for workers at each kill, about
 */
record ConsumerKill(int kills, int workers, int backlog) implements Fault {
    private static final String CONSUMER = "copies";
    private static final String INPUTS = "inputs";
    private static final String OUTPUTS = "outputs";
    private static final int LONGEST_MILLIS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Override
    public int number() {
        return 7;
    }

    @Override
    public String name() {
        return "consumer-kill";
    }

    @Override
    public String what() {
        return "`kill -9` of workers that publish with their acknowledgements, at random points, ×" + kills;
    }

    @Override
    public String promise() {
        return "each input has exactly one output";
    }

    @Override
    public Finding run() throws Exception {
        var random = new Random(kills);
        Path folder = Files.createTempDirectory("sandpiper-workers-");
        List<WorkerProcess> crowd = new ArrayList<>();
        try (Installation installation = Installation.start(Plan.of(2))) {
            var operator = new Client(
                    installation.urls().getFirst(), installation.credentials().operator());
            create(operator);
            var inputs = new Inputs(operator, backlog);
            for (int i = 0; i < workers; i++) {
                crowd.add(worker(installation, i, folder));
            }
            for (int i = 0; i < kills; i++) {
                WorkerProcess victim = crowd.get(i % workers);
                Eventually.await("a worker works", PATIENCE, () -> {
                    inputs.refill();
                    return victim.isWorking();
                });
                Thread.sleep(random.nextInt(LONGEST_MILLIS));
                victim.kill();
                crowd.set(i % workers, worker(installation, workers + i, folder));
            }
            Eventually.await("everything is done", PATIENCE, () -> {
                JsonObject state = state(operator);
                return state.getLong("lag") == 0 && state.getLong("pending") == 0;
            });
            crowd.forEach(WorkerProcess::kill);
            return judge(installation, operator, inputs.count());
        } finally {
            crowd.forEach(WorkerProcess::kill);
            Folders.delete(folder);
        }
    }

    private Finding judge(Installation installation, Client operator, int inputs) {
        List<Entry> outputs = StoredTopic.read(operator.node(), operator.key(), OUTPUTS);
        Set<String> distinct = new HashSet<>();
        outputs.forEach(output -> distinct.add(output.event()));
        int missing = 0;
        for (int i = 0; i < inputs; i++) {
            if (!distinct.contains(input(i))) {
                missing++;
            }
        }
        long again = Math.round(installation.nodes().stream()
                .mapToDouble(node -> node.metric("sandpiper_consumers_redelivered_total"))
                .sum());
        return new Finding()
                .figure("kills", kills)
                .figure("inputs", inputs)
                .figure("outputs", outputs.size())
                .figure("inputs without an output", missing)
                .figure("outputs twice", outputs.size() - distinct.size())
                .figure("deliveries after a death", again)
                .require(missing == 0, "every input has an output, and " + missing + " have none")
                .require(outputs.size() == distinct.size(), "no output is there twice")
                .require(distinct.size() == inputs - missing, "there is no output without an input")
                .require(again > 0, "some events are delivered again, or the kills were no fault");
    }

    /** Half of them on either node, and either way. */
    private static WorkerProcess worker(Installation installation, int number, Path folder) {
        return WorkerProcess.start(
                number % 2 == 0,
                installation.node(number / 2).url(),
                installation.credentials().client(),
                CONSUMER,
                OUTPUTS,
                folder.resolve("worker-" + number + ".log"));
    }

    private static void create(Client operator) {
        Timed made = operator.post(
                "/v1/consumers",
                new JsonObject()
                        .put("name", CONSUMER)
                        .put("topics", new JsonArray().add(INPUTS))
                        .put("start", "first")
                        .put("ack_wait", "2s")
                        .put("max_deliver", 1_000));
        if (made.status() != 201) {
            throw new AssertionError("The consumer cannot be made: " + made.answer());
        }
    }

    private static JsonObject state(Client operator) {
        Timed looked = operator.get("/v1/consumers/" + CONSUMER);
        if (looked.status() != 200) {
            throw new AssertionError("The consumer cannot be looked at: " + looked.answer());
        }
        return looked.json();
    }

    /** Sees to it that there is always work. */
    private static final class Inputs {
        private final Client client;
        private final int backlog;
        private int count;

        Inputs(Client client, int backlog) {
            this.client = client;
            this.backlog = backlog;
        }

        int count() {
            return count;
        }

        void refill() throws IOException {
            if (state(client).getLong("lag") >= backlog) {
                return;
            }
            var batch = new JsonArray();
            for (int i = count; i < count + backlog; i++) {
                batch.add(new JsonObject().put("topic", INPUTS).put("data", input(i)));
            }
            try (var connection = new KeepAlive(client.node(), client.key(), Duration.ofSeconds(30))) {
                Answer answer = connection.post("/v1/events/batch", batch.encode());
                if (answer.status() != 200 || answer.body().contains("\"error\"")) {
                    throw new AssertionError("Inputs cannot be published: " + answer);
                }
            }
            count += backlog;
        }
    }

    private static String input(int number) {
        return "input " + number;
    }
}
