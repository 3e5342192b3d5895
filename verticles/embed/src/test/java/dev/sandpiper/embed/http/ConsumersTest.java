package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class ConsumersTest {
    private static final TestNode NODE = TestNode.shared();

    private final TestProject project = NODE.createProject();
    private final Api publisher = new Api(NODE, project.key());

    @Test
    void whatIsAcknowledgedComesOnce() {
        Workers workers = consumer("orders");
        publish("orders", 1, 2, 3);

        List<JsonObject> deliveries = fetchAll(workers, 3);

        assertThat(deliveries).extracting(Workers::data).containsExactly(1, 2, 3);
        assertThat(deliveries).allMatch(delivery -> delivery.getInteger("delivery") == 1);
        deliveries.forEach(workers::acknowledge);
        assertThat(workers.fetch(10, "0s")).isEmpty();
        assertThat(workers.state().getMap())
                .containsEntry("lag", 0)
                .containsEntry("pending", 0)
                .containsEntry("oldest_unacked", null);
    }

    @Test
    void aFetchWaitsForTheFirstEvent() throws Exception {
        Workers workers = consumer("orders");
        var late = Thread.ofVirtual().start(() -> {
            Eventually.await("somebody waits", () -> true);
            publish("orders", 1);
        });

        assertThat(Workers.data(workers.fetchOne())).isEqualTo(1);
        late.join();
    }

    @Test
    void anEventOfADeadWorkerGoesToAnother() {
        Workers workers = consumer("orders");
        publish("orders", 1);
        JsonObject lost = workers.fetchOne();

        JsonObject again = workers.fetchOne();

        assertThat(Workers.data(again)).isEqualTo(1);
        assertThat(again.getInteger("delivery")).isEqualTo(2);
        for (String word : List.of("ack", "nack", "term", "in_progress")) {
            HttpResponse<String> late = workers.say(word, lost.getString("token"));
            assertThat(late.statusCode()).isEqualTo(409);
            assertThat(Workers.code(late)).isEqualTo("STALE_DELIVERY");
        }
        workers.acknowledge(again);
        assertThat(workers.state().getInteger("pending")).isZero();
    }

    @Test
    void aWorkerThatSaysSoKeepsItsEvent() {
        Workers workers = consumer("orders");
        publish("orders", 1);
        String token = workers.fetchOne().getString("token");

        for (int i = 0; i < 4; i++) {
            assertThat(workers.fetch(1, "600ms")).isEmpty();
            assertThat(workers.say("in_progress", token).statusCode()).isEqualTo(200);
        }

        assertThat(workers.say("ack", token).statusCode()).isEqualTo(200);
    }

    @Test
    void aRefusedEventComesAgainAfterTheDelay() {
        Workers workers = consumer("orders", new JsonObject().put("backoff", new JsonArray().add("1s")));
        publish("orders", 1, 2);
        List<JsonObject> both = fetchAll(workers, 2);

        long begun = System.nanoTime();
        assertThat(workers.say("nack", both.get(0).getString("token")).statusCode())
                .isEqualTo(200);
        assertThat(workers.say(
                                "nack",
                                new JsonObject()
                                        .put("token", both.get(1).getString("token"))
                                        .put("delay", "0s"))
                        .statusCode())
                .isEqualTo(200);

        assertThat(Workers.data(workers.fetchOne())).isEqualTo(2);
        assertThat(Workers.data(workers.fetchOne())).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(900));
        assertThat(Workers.code(workers.say("ack", both.get(0).getString("token"))))
                .isEqualTo("STALE_DELIVERY");
    }

    @Test
    void aTerminatedEventComesNoMore() {
        Workers workers = consumer("orders");
        publish("orders", 1, 2);
        JsonObject poison = workers.fetchOne();

        assertThat(workers.say(
                                "term",
                                new JsonObject()
                                        .put("token", poison.getString("token"))
                                        .put("reason", "not ours"))
                        .statusCode())
                .isEqualTo(200);

        assertThat(Workers.data(workers.fetchOne())).isEqualTo(2);
        assertThat(Workers.code(workers.say("ack", poison.getString("token")))).isEqualTo("STALE_DELIVERY");
    }

    @Test
    void afterItsLastDeliveryAnEventComesNoMore() {
        Workers workers = consumer("orders", new JsonObject().put("max_deliver", 2));
        publish("orders", 1);
        workers.fetchOne();
        JsonObject last = workers.fetchOne();

        assertThat(workers.fetch(1, "3s")).isEmpty();

        assertThat(Workers.code(workers.say("ack", last.getString("token")))).isEqualTo("STALE_DELIVERY");
        assertThat(workers.state().getInteger("pending")).isZero();
    }

    @Test
    void severalAreAcknowledgedAtOnceEachForItself() {
        Workers workers = consumer("orders");
        publish("orders", 1, 2);
        List<JsonObject> both = fetchAll(workers, 2);
        workers.say("nack", both.get(1).getString("token"));

        HttpResponse<String> answer = workers.say(
                "ack",
                new JsonObject()
                        .put(
                                "tokens",
                                new JsonArray()
                                        .add(both.get(0).getString("token"))
                                        .add("nonsense")
                                        .add(both.get(1).getString("token"))));

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(200);
        assertThat(results.getJsonObject(1).getInteger("status")).isEqualTo(400);
        assertThat(results.getJsonObject(2).getInteger("status")).isEqualTo(409);
        // Said twice, it is still said.
        assertThat(workers.say("ack", both.get(0).getString("token")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void patternsTakeWhatBeginsLikeThat() {
        Workers workers = consumer(
                "x",
                new JsonObject()
                        .put(
                                "topics",
                                new JsonArray().add("chat:*").add("orders.*").add("é")));
        publish("chat:a", 1);
        publish("chat", 2);
        publish("orders.eu.paid", 3);
        publish("orders", 4);
        publish("é", 5);
        publish("ordersX", 6);

        assertThat(fetchAll(workers, 3)).extracting(Workers::data).containsExactly(1, 3, 5);
        assertThat(workers.fetch(10, "0s")).isEmpty();
    }

    @Test
    void aConsumerBeginsWhereItIsTold() {
        publish("orders", 1);
        String cursor = new JsonObject(publisher.publish("orders", 2).body()).getString("cursor");
        publish("orders", 3);

        assertThat(fetchAll(consumer("orders", new JsonObject().put("start", "first")), 3))
                .extracting(Workers::data)
                .containsExactly(1, 2, 3);
        JsonObject after = new JsonObject().put("start", new JsonObject().put("cursor", cursor));
        assertThat(fetchAll(consumer("orders", after), 1))
                .extracting(Workers::data)
                .containsExactly(3);
        JsonObject future = new JsonObject().put("start", new JsonObject().put("time", "2100-01-01T00:00:00Z"));
        assertThat(consumer("orders", future).fetch(1, "0s")).isEmpty();
        Workers live = consumer("orders");
        assertThat(live.fetch(1, "0s")).isEmpty();
        publish("orders", 4);
        assertThat(Workers.data(live.fetchOne())).isEqualTo(4);
    }

    @Test
    void aPausedConsumerGivesNothing() {
        Workers workers = consumer("orders");
        assertThat(workers.change("pause", new JsonObject()).statusCode()).isEqualTo(200);
        publish("orders", 1);

        assertThat(workers.state().getBoolean("paused")).isTrue();
        assertThat(workers.fetch(1, "1500ms")).isEmpty();

        assertThat(workers.change("resume", new JsonObject()).statusCode()).isEqualTo(200);
        assertThat(Workers.data(workers.fetchOne())).isEqualTo(1);
    }

    @Test
    void aResetBeginsAnew() {
        Workers workers = consumer("orders");
        String cursor = new JsonObject(publisher.publish("orders", 1).body()).getString("cursor");
        publish("orders", 2, 3);
        List<JsonObject> deliveries = fetchAll(workers, 3);
        workers.acknowledge(deliveries.get(1));

        HttpResponse<String> reset = workers.change("reset", new JsonObject().put("cursor", cursor));

        assertThat(reset.statusCode()).as(reset.body()).isEqualTo(200);
        assertThat(new JsonObject(reset.body()).getInteger("lag")).isEqualTo(2);
        assertThat(Workers.code(workers.say("ack", deliveries.get(2).getString("token"))))
                .isEqualTo("DELIVERY_EXPIRED");
        assertThat(fetchAll(workers, 2)).extracting(Workers::data).containsExactly(2, 3);

        assertThat(workers.change("reset", new JsonObject().put("time", "2020-01-01T00:00:00Z"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(fetchAll(workers, 3)).extracting(Workers::data).containsExactly(1, 2, 3);
    }

    @Test
    void aDeletedConsumerIsGone() {
        Workers workers = consumer("orders");
        publish("orders", 1);
        JsonObject delivery = workers.fetchOne();

        assertThat(workers.delete().statusCode()).isEqualTo(204);

        assertThat(workers.delete().statusCode()).isEqualTo(404);
        assertThat(workers.say("fetch", new JsonObject()).statusCode()).isEqualTo(404);
        assertThat(workers.say("ack", delivery.getString("token")).statusCode()).isEqualTo(404);
    }

    @Test
    void itsStateTellsWhatWaitsAndWhatIsOut() {
        Workers workers = consumer("orders", new JsonObject().put("ack_wait", "30s"));
        publish("orders", 1, 2, 3);
        workers.fetchOne();

        Map<String, Object> state = workers.state().getMap();

        assertThat(state).containsEntry("lag", 2).containsEntry("pending", 1).containsEntry("redelivered", 0);
        assertThat((String) state.get("oldest_unacked")).endsWith("Z");
    }

    @Test
    void noMoreAreOutThanMayBe() {
        Workers workers =
                consumer("orders", new JsonObject().put("max_in_flight", 2).put("ack_wait", "30s"));
        publish("orders", 1, 2, 3);
        List<JsonObject> out = fetchAll(workers, 2);

        assertThat(workers.fetch(10, "500ms")).isEmpty();
        workers.acknowledge(out.getFirst());
        assertThat(workers.fetch(10, "10s")).extracting(Workers::data).containsExactly(3);
    }

    @Test
    void eventsOfATopicStayInOrderWhateverTheirWorkersDo() throws Exception {
        int topics = 3;
        int events = 8;
        Workers workers = consumer(
                "x",
                new JsonObject()
                        .put("topics", new JsonArray().add("t.*"))
                        .put("ordered_by", "topic")
                        .put("max_deliver", 1_000));
        for (int i = 1; i <= events; i++) {
            for (int t = 0; t < topics; t++) {
                publish("t." + t, i);
            }
        }
        Map<String, List<Integer>> done = new ConcurrentHashMap<>();
        Set<String> busy = ConcurrentHashMap.newKeySet();
        List<String> faults = Collections.synchronizedList(new ArrayList<>());
        List<Thread> crowd = new ArrayList<>();
        for (int w = 0; w < 4; w++) {
            crowd.add(Thread.ofVirtual().start(() -> {
                while (done.values().stream().mapToInt(List::size).sum() < topics * events) {
                    for (JsonObject delivery : workers.fetch(5, "500ms")) {
                        work(workers, delivery, done, busy, faults);
                    }
                }
            }));
        }
        for (Thread worker : crowd) {
            assertThat(worker.join(Duration.ofSeconds(60))).isTrue();
        }

        assertThat(faults).isEmpty();
        for (int t = 0; t < topics; t++) {
            assertThat(done.get("t." + t)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    /** Does the work, refuses it, or dies over it. */
    private static void work(
            Workers workers,
            JsonObject delivery,
            Map<String, List<Integer>> done,
            Set<String> busy,
            List<String> faults) {
        String topic = delivery.getJsonObject("message").getString("channel");
        int chance = ThreadLocalRandom.current().nextInt(10);
        if (chance == 0) {
            return;
        }
        if (!busy.add(topic)) {
            faults.add("two workers at once have " + topic);
        }
        String word = chance == 1 ? "nack" : "ack";
        // Before it is said: the next event may be out before the answer is in.
        busy.remove(topic);
        if (word.equals("ack")) {
            done.computeIfAbsent(topic, t -> Collections.synchronizedList(new ArrayList<>()))
                    .add((Integer) Workers.data(delivery));
        }
        HttpResponse<String> answer = workers.say(word, delivery.getString("token"));
        if (answer.statusCode() != 200) {
            faults.add(answer.body());
        }
    }

    @Test
    void resultsArePublishedWithTheAcknowledgement() {
        Workers workers = consumer("orders");
        publish("orders", 1);
        JsonObject word = new JsonObject()
                .put("token", workers.fetchOne().getString("token"))
                .put(
                        "publish",
                        new JsonArray()
                                .add(new JsonObject().put("topic", "invoices").put("data", "first"))
                                .add(new JsonObject().put("topic", "invoices").put("data", "second")));

        HttpResponse<String> answer = workers.say("ack", word);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonArray published = new JsonObject(answer.body()).getJsonArray("published");
        assertThat(published.getJsonObject(1).getString("topic")).isEqualTo("invoices");
        assertThat(workers.say("ack", word).body()).isEqualTo(answer.body());
        JsonArray stored = publisher.get("/v1/events?topic=invoices").getJsonArray("messages");
        assertThat(stored).hasSize(2);
        assertThat(stored.getJsonObject(0).getString("cursor"))
                .isEqualTo(published.getJsonObject(0).getString("cursor"));
    }

    @Test
    void nothingOfOneProjectIsVisibleToAnother() {
        Workers workers = consumer("orders");
        String name = workers.state().getString("name");
        publish("orders", 1);
        String token = workers.fetchOne().getString("token");
        for (TestProject stranger : List.of(NODE.createProject(), project.sibling("other"))) {
            Workers foreign = new Workers(NODE, stranger, name);
            assertThat(foreign.state().getJsonObject("error").getString("code")).isEqualTo("RESOURCE_NOT_FOUND");
            assertThat(foreign.delete().statusCode()).isEqualTo(404);
            assertThat(foreign.change("pause", new JsonObject()).statusCode()).isEqualTo(404);
            assertThat(foreign.say("fetch", new JsonObject()).statusCode()).isEqualTo(404);
            assertThat(foreign.say("ack", token).statusCode()).isEqualTo(404);
            assertThat(foreign.api().get("/v1/consumers").getJsonArray("items")).isEmpty();

            // A consumer of the same name and topic, and still another one.
            Workers namesake = Workers.create(NODE, stranger, name, settings("orders", new JsonObject()));
            assertThat(namesake.fetch(1, "0s")).isEmpty();
            assertThat(Workers.code(namesake.say("ack", token))).isEqualTo("INVALID_DELIVERY_TOKEN");
        }
        Workers sibling = consumer("orders");
        assertThat(Workers.code(sibling.say("ack", token))).isEqualTo("INVALID_DELIVERY_TOKEN");
        assertThat(workers.say("ack", token).statusCode()).isEqualTo(200);
    }

    @Test
    void theyAreListedByPage() {
        Map<String, Workers> all = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            Workers workers = consumer("orders");
            all.put(workers.state().getString("name"), workers);
        }

        JsonObject first = publisher.get("/v1/consumers?limit=2");
        JsonObject second = publisher.get("/v1/consumers?limit=2&after=" + first.getString("next"));

        List<String> names = new ArrayList<>();
        first.getJsonArray("items").forEach(item -> names.add(((JsonObject) item).getString("name")));
        second.getJsonArray("items").forEach(item -> names.add(((JsonObject) item).getString("name")));
        assertThat(names).containsExactlyElementsOf(all.keySet());
        assertThat(second.getString("next")).isNull();
    }

    private Workers consumer(String topic) {
        return consumer(topic, new JsonObject());
    }

    private Workers consumer(String topic, JsonObject settings) {
        String name = "c" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        return Workers.create(NODE, project, name, settings(topic, settings));
    }

    /** A second for each worker, when nothing else is said. */
    private static JsonObject settings(String topic, JsonObject more) {
        return new JsonObject()
                .put("topics", new JsonArray().add(topic))
                .put("ack_wait", "1s")
                .mergeIn(more);
    }

    private void publish(String topic, int... data) {
        for (int each : data) {
            assertThat(publisher.publish(topic, each).statusCode()).isEqualTo(201);
        }
    }

    private static List<JsonObject> fetchAll(Workers workers, int count) {
        List<JsonObject> all = new ArrayList<>();
        while (all.size() < count) {
            List<JsonObject> some = workers.fetch(count - all.size(), "10s");
            assertThat(some).isNotEmpty();
            all.addAll(some);
        }
        return all;
    }
}
