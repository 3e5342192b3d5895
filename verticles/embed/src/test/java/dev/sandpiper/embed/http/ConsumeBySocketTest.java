package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.runtime.auth.IssuedKey;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Workers that stay connected by WebSocket. */
class ConsumeBySocketTest {
    private static final TestNode NODE = TestNode.shared();

    private final TestProject project = NODE.createProject();
    private final Api publisher = new Api(NODE, project.key());

    @Test
    void eventsAreDeliveredAndAcknowledgedOnTheSocket() {
        Workers workers = consumer("30s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 10)) {
            publish(1, 2, 3);

            for (int i = 1; i <= 3; i++) {
                JsonObject delivery = worker.next("delivery");
                assertThat(Workers.data(delivery)).isEqualTo(i);
                assertThat(delivery.getInteger("delivery")).isEqualTo(1);
                assertThat(delivery.getString("consumer")).isEqualTo("work");
                assertThat(worker.acknowledge(delivery).containsKey("published"))
                        .isFalse();
            }

            assertThat(workers.state().getMap()).containsEntry("lag", 0).containsEntry("pending", 0);
        }
    }

    @Test
    void aWorkerNeverHasMoreThanItsCredit() {
        Workers workers = consumer("30s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 2)) {
            publish(1, 2, 3, 4, 5);
            JsonObject first = worker.next("delivery");
            JsonObject second = worker.next("delivery");
            worker.hearsNothing(1_500);

            worker.acknowledge(first);
            assertThat(Workers.data(worker.next("delivery"))).isEqualTo(3);
            worker.hearsNothing(300);

            // Whichever way it is said.
            workers.acknowledge(second);
            assertThat(Workers.data(worker.next("delivery"))).isEqualTo(4);
            worker.hearsNothing(300);
            assertThat(workers.state().getInteger("pending")).isEqualTo(2);
        }
    }

    @Test
    void whatAWorkerForgetsCountsUntilItsTimeIsOver() {
        consumer("1s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 1)) {
            publish(1, 2);
            JsonObject forgotten = worker.next("delivery");

            List<Object> seen = new ArrayList<>();
            while (!seen.contains(2)) {
                JsonObject delivery = worker.next("delivery");
                seen.add(Workers.data(delivery));
                worker.acknowledge(delivery);
            }

            assertThat(seen).contains(1);
            worker.refused("STALE_DELIVERY", "ack", forgotten);
        }
    }

    @Test
    void workersOnSocketsAndByRestShareTheWork() throws Exception {
        Workers workers = consumer("30s");
        int events = 60;
        publish(IntStream.range(0, events).toArray());
        Map<Object, String> done = new ConcurrentHashMap<>();
        List<String> twice = Collections.synchronizedList(new ArrayList<>());
        List<Thread> crowd = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            crowd.add(Thread.ofVirtual().start(() -> {
                try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 3)) {
                    while (done.size() < events) {
                        JsonObject frame = worker.poll(200);
                        if (frame != null && frame.getString("type").equals("delivery")) {
                            note(done, twice, name, frame);
                            worker.say("ack", frame);
                        }
                    }
                }
            }));
        }
        crowd.add(Thread.ofVirtual().start(() -> {
            while (done.size() < events) {
                for (JsonObject delivery : workers.fetch(3, "200ms")) {
                    note(done, twice, "rest", delivery);
                    workers.acknowledge(delivery);
                }
            }
        }));
        for (Thread worker : crowd) {
            assertThat(worker.join(Duration.ofSeconds(60))).isTrue();
        }

        assertThat(twice).isEmpty();
        assertThat(done).hasSize(events);
        assertThat(Set.copyOf(done.values())).contains("first", "second", "rest");
        Eventually.await("the last words are heard", () -> workers.state().getInteger("pending") == 0);
    }

    private static void note(Map<Object, String> done, List<String> twice, String who, JsonObject delivery) {
        if (done.put(Workers.data(delivery), who) != null) {
            twice.add(delivery.encode());
        }
    }

    @Test
    void whatADeadWorkerHadGoesToAnotherWhenItsTimeIsOver() {
        consumer("2s");
        SocketWorker dead = SocketWorker.of(NODE, project.key(), "work", 10);
        publish(1);
        JsonObject lost = dead.next("delivery");
        dead.die();
        long died = System.nanoTime();
        try (SocketWorker other = SocketWorker.of(NODE, project.key(), "work", 10)) {
            JsonObject again = other.next("delivery");

            assertThat(Duration.ofNanos(System.nanoTime() - died)).isGreaterThan(Duration.ofSeconds(1));
            assertThat(Workers.data(again)).isEqualTo(1);
            assertThat(again.getInteger("delivery")).isEqualTo(2);
            other.refused("STALE_DELIVERY", "ack", lost);
            other.acknowledge(again);
        }
    }

    @Test
    void aWorkerThatComesBackFinishesWhatItHad() {
        Workers workers = consumer("30s");
        SocketWorker broken = SocketWorker.of(NODE, project.key(), "work", 10);
        publish(1);
        JsonObject delivery = broken.next("delivery");
        broken.die();

        try (SocketWorker back = SocketWorker.connect(NODE, project.key())) {
            back.acknowledge(delivery);
        }

        assertThat(workers.state().getInteger("pending")).isZero();
    }

    @Test
    void whoLeavesInOrderGivesBackAtOnceWhatItHas() {
        consumer("1h");
        SocketWorker leaving = SocketWorker.of(NODE, project.key(), "work", 10);
        publish(1);
        JsonObject given = leaving.next("delivery");
        try (SocketWorker other = SocketWorker.of(NODE, project.key(), "work", 10)) {
            leaving.leave();

            JsonObject again = other.next("delivery");

            assertThat(again.getInteger("delivery")).isEqualTo(2);
            other.refused("STALE_DELIVERY", "ack", given);
            other.acknowledge(again);
        }
    }

    @Test
    void whoStopsMayStillFinish() {
        Workers workers = consumer("1h");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 1)) {
            publish(1, 2);
            JsonObject delivery = worker.next("delivery");

            JsonObject stopped = worker.send("{\"type\":\"stop\",\"id\":\"s\",\"consumer\":\"work\"}")
                    .next("stopped");
            assertThat(stopped.getString("id")).isEqualTo("s");
            worker.acknowledge(delivery);

            worker.hearsNothing(500);
            Eventually.await(
                    "the second event waits for anybody", () -> workers.state().getInteger("lag") == 1);
            assertThat(Workers.data(workers.fetchOne())).isEqualTo(2);
            worker.send("{\"type\":\"stop\",\"consumer\":\"work\"}");
            assertThat(worker.next("error").getString("name")).isEqualTo("NOT_CONSUMING");
        }
    }

    @Test
    void aRefusedEventComesAgainAfterTheDelay() {
        consumer("30s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 10)) {
            publish(1);
            long begun = System.nanoTime();
            worker.say("nack", worker.next("delivery"), "delay", "1s").next("confirmed");

            JsonObject again = worker.next("delivery");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(900));
            assertThat(again.getInteger("delivery")).isEqualTo(2);
            worker.say("nack", again).next("confirmed");
            assertThat(worker.next("delivery").getInteger("delivery")).isEqualTo(3);
        }
    }

    @Test
    void aHopelessEventBecomesADeadLetter() {
        consumer("30s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 10)) {
            publish(1);
            JsonObject poison = worker.next("delivery");
            worker.say("term", poison, "reason", "no such account").next("confirmed");

            Eventually.await(
                    "the letter is there",
                    () -> !publisher
                            .get("/v1/dead-letters?consumer=work")
                            .getJsonArray("items")
                            .isEmpty());
            JsonObject letter = publisher
                    .get("/v1/dead-letters?consumer=work")
                    .getJsonArray("items")
                    .getJsonObject(0);
            assertThat(letter.getString("last_error")).isEqualTo("no such account");
            worker.refused("STALE_DELIVERY", "ack", poison);
        }
    }

    @Test
    void aWorkerThatSaysSoKeepsItsEvent() {
        consumer("1s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 2)) {
            publish(1);
            JsonObject delivery = worker.next("delivery");
            for (int i = 0; i < 4; i++) {
                worker.say("in_progress", delivery).next("confirmed");
                worker.hearsNothing(500);
            }
            worker.acknowledge(delivery);
        }
    }

    @Test
    void resultsArePublishedWithTheAcknowledgement() {
        consumer("30s");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 10)) {
            publish(1);
            JsonObject ack = new JsonObject()
                    .put("type", "ack")
                    .put("consumer", "work")
                    .put("token", worker.next("delivery").getString("token"))
                    .put(
                            "publish",
                            new JsonArray()
                                    .add(new JsonObject().put("topic", "out").put("data", "once")));

            JsonArray published = worker.send(ack).next("confirmed").getJsonArray("published");
            assertThat(worker.send(ack).next("confirmed").getJsonArray("published"))
                    .isEqualTo(published);

            assertThat(published.getJsonObject(0).getString("topic")).isEqualTo("out");
            assertThat(publisher.get("/v1/events?topic=out").getJsonArray("messages"))
                    .hasSize(1);
        }
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(Scope.EVENTS_SUBSCRIBE), "work", 10)) {
            publish(2);
            worker.send(new JsonObject()
                    .put("type", "ack")
                    .put("consumer", "work")
                    .put("token", worker.next("delivery").getString("token"))
                    .put("publish", new JsonArray()));
            assertThat(worker.next("error").getString("name")).isEqualTo("INSUFFICIENT_SCOPE");
        }
    }

    @Test
    void inOrderOneEventOfATopicIsOutWhateverItsWorkersDo() throws Exception {
        Workers.create(
                NODE, project, "work", settings("1s").put("ordered_by", "topic").put("max_deliver", 1_000));
        int events = 15;
        publish(IntStream.rangeClosed(1, events).toArray());
        List<Object> done = Collections.synchronizedList(new ArrayList<>());
        List<Thread> crowd = new ArrayList<>();
        for (int w = 0; w < 3; w++) {
            crowd.add(Thread.ofVirtual().start(() -> {
                while (done.size() < events) {
                    work(done, events);
                }
            }));
        }
        for (Thread worker : crowd) {
            assertThat(worker.join(Duration.ofSeconds(90))).isTrue();
        }

        assertThat(done)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, events).boxed().toList());
    }

    /** Works until it dies or leaves over an event, or everything is done. */
    private void work(List<Object> done, int events) {
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 5)) {
            while (done.size() < events) {
                JsonObject frame = worker.poll(200);
                if (frame == null || !frame.getString("type").equals("delivery")) {
                    continue;
                }
                switch (ThreadLocalRandom.current().nextInt(10)) {
                    case 0 -> {
                        return;
                    }
                    case 1 -> {
                        worker.leave();
                        return;
                    }
                    case 2 -> worker.say("nack", frame);
                    default -> {
                        // Before it is said: the next event may be out before the answer is in.
                        done.add(Workers.data(frame));
                        worker.say("ack", frame);
                    }
                }
            }
        }
    }

    @Test
    void aWorkerIsToldWhatTheOwnerDoes() {
        Workers workers = consumer("30s");
        String start = new JsonObject(publisher.publish("orders", 0).body()).getString("cursor");
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 1)) {
            worker.acknowledge(worker.next("delivery"));
            workers.change("pause", new JsonObject());
            assertThat(worker.next("state").getString("state")).isEqualTo("paused");
            publish(1);
            worker.hearsNothing(1_200);
            try (SocketWorker late = SocketWorker.connect(NODE, project.key())) {
                assertThat(late.consume("work", 1).next("consuming").getString("state"))
                        .isEqualTo("paused");
            }
            workers.change("resume", new JsonObject());
            assertThat(worker.next("state").getString("state")).isEqualTo("active");
            JsonObject one = worker.next("delivery");

            // Its credit is used up: it hears of it nevertheless, and has it back.
            workers.change("reset", new JsonObject().put("cursor", start));
            assertThat(worker.next("state").getString("state")).isEqualTo("reset");
            JsonObject again = worker.next("delivery");
            assertThat(Workers.data(again)).isEqualTo(1);
            assertThat(again.getInteger("delivery")).isEqualTo(1);
            worker.refused("STALE_DELIVERY", "ack", one);

            workers.delete();
            JsonObject deleted = worker.next("state");
            assertThat(deleted.getString("state")).isEqualTo("deleted");
            assertThat(deleted.getString("consumer")).isEqualTo("work");
            worker.refused("RESOURCE_NOT_FOUND", "ack", again);
            worker.consume("work", 1);
            assertThat(worker.next("error").getString("name")).isEqualTo("RESOURCE_NOT_FOUND");
        }
    }

    @Test
    void aRevokedKeyEndsTheConnectionAndFreesItsEvents() {
        consumer("1h");
        IssuedKey key = project.issue(Scope.EVENTS_SUBSCRIBE);
        SocketWorker worker = SocketWorker.of(NODE, key.key().reveal(), "work", 10);
        publish(1);
        worker.next("delivery");

        TestNode.await(project.keys().revoke(project.tenant(), key.info().id()));

        assertThat(worker.closeCode()).isEqualTo(4502);
        try (SocketWorker other = SocketWorker.of(NODE, project.key(), "work", 10)) {
            assertThat(other.next("delivery").getInteger("delivery")).isEqualTo(2);
        }
    }

    @Test
    void nothingOfOneProjectIsVisibleToAnother() {
        consumer("30s");
        publish(1);
        try (SocketWorker worker = SocketWorker.of(NODE, project.key(), "work", 10)) {
            JsonObject delivery = worker.next("delivery");
            for (TestProject stranger : List.of(NODE.createProject(), project.sibling("other"))) {
                try (SocketWorker foreign = SocketWorker.connect(NODE, stranger.key())) {
                    foreign.consume("work", 1);
                    assertThat(foreign.next("error").getString("name")).isEqualTo("RESOURCE_NOT_FOUND");
                    foreign.refused("RESOURCE_NOT_FOUND", "ack", delivery);

                    Workers.create(NODE, stranger, "work", settings("30s"));
                    foreign.consume("work", 1).next("consuming");
                    foreign.refused("INVALID_DELIVERY_TOKEN", "ack", delivery);
                    foreign.hearsNothing(300);
                }
            }
            worker.acknowledge(delivery);
        }
    }

    @Test
    void aWorkerThatDoesNotReadIsWaitedForNotClosed() {
        Workers workers = consumer("1h");
        int events = 48;
        String large = "x".repeat(100_000);
        for (int i = 0; i < events; i++) {
            assertThat(publisher.publish("orders", large).statusCode()).isEqualTo(201);
        }
        try (SocketWorker worker = SocketWorker.connectDeaf(NODE, project.key())) {
            worker.consume("work", 1_000);
            Eventually.await(
                    "it has been given what there is room for",
                    () -> workers.state().getInteger("pending") > 0);

            worker.readOn();
            worker.next("connected");
            worker.next("consuming");
            for (int i = 0; i < events; i++) {
                worker.say("ack", worker.next("delivery"));
            }
            for (int i = 0; i < events; i++) {
                worker.next("confirmed");
            }
        }
    }

    private Workers consumer(String ackWait) {
        return Workers.create(NODE, project, "work", settings(ackWait));
    }

    private static JsonObject settings(String ackWait) {
        return new JsonObject()
                .put("topics", new JsonArray().add("orders"))
                .put("start", "first")
                .put("ack_wait", ackWait);
    }

    private void publish(int... data) {
        for (int each : data) {
            assertThat(publisher.publish("orders", each).statusCode()).isEqualTo(201);
        }
    }
}
