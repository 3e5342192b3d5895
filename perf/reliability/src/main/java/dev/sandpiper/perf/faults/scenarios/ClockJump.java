package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.clock.Clock;
import dev.sandpiper.perf.faults.load.Client;
import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Line 10. The clock of one node of two jumps while it runs, forth and back.
 *
 * @param rounds of an hour forth, an hour back, and right again
 */
record ClockJump(int rounds) implements Fault {
    private static final List<Duration> OFFSETS = List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO);

    private static final Duration TOLERANCE = Duration.ofSeconds(10);
    private static final Duration SHORT_LIFE = Duration.ofSeconds(2);
    private static final Duration LONG_LIFE = Duration.ofMinutes(30);
    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public int number() {
        return 10;
    }

    @Override
    public String name() {
        return "clock-jump";
    }

    @Override
    public String what() {
        return "the clock of one node of two jumps an hour forth, an hour back, and is right again, ×" + rounds;
    }

    @Override
    public String promise() {
        return "dedupe, times of events, history by time, lifetimes and schedules stay correct";
    }

    @Override
    public Finding run() throws Exception {
        var finding = new Finding();
        try (Installation installation = Installation.start(Plan.of(2).withClocks());
                Traffic traffic = Traffic.start(installation, Shape.stream(2, 4))) {
            String key = installation.credentials().client();
            var both = new Pair(
                    finding,
                    installation.clock(installation.node(0)),
                    new Client(installation.node(0).url(), key),
                    new Client(installation.node(1).url(), key));
            int jump = 0;
            for (int round = 0; round < rounds; round++) {
                for (Duration offset : OFFSETS) {
                    traffic.awaitReceipts(50);
                    both.jump("jump-" + jump++, offset);
                    traffic.awaitReceipts(200);
                }
            }
            return finding.figure("jumps", jump).of(traffic.judge());
        }
    }

    /**
     * What is asked of both nodes.
     *
     * @param clock of the wrong node
     */
    private record Pair(Finding finding, Clock clock, Client wrong, Client right) {
        private static final String TOPIC = "jumps";

        void jump(String name, Duration offset) {
            String cursor = right.publish(TOPIC, name, name).json().getString("cursor");
            clock.set(offset);
            String at = "with the clock wrong by " + offset.toMinutes() + " min, ";
            finding.require(repeats(wrong, name, cursor), at + "an old key is a duplicate on that node");
            finding.require(repeats(right, name, cursor), at + "an old key is a duplicate on the other");
            checkTime(at, name + "-new", offset);
            Instant before = Instant.now();
            String lives = TOPIC + "." + name;
            publish(lives, "short", new JsonObject().put("ttl", SHORT_LIFE.toSeconds() + "s"));
            publish(lives, "long", new JsonObject().put("ttl", LONG_LIFE.toMinutes() + "m"));
            Instant due = Instant.now().plus(DELAY);
            schedule(at, wrong, lives + ".wrong", due);
            schedule(at, right, lives + ".right", due);
            checkLives(at, lives, before);
            checkFired(at, lives + ".wrong", due);
            checkFired(at, lives + ".right", due);
        }

        private static boolean repeats(Client client, String key, String cursor) {
            JsonObject receipt = client.publish(TOPIC, key, key).json();
            return receipt.getBoolean("duplicate", false) && cursor.equals(receipt.getString("cursor"));
        }

        /** An event published through the wrong node, as both show it. */
        private void checkTime(String at, String name, Duration offset) {
            Instant before = Instant.now();
            JsonObject receipt = wrong.publish(TOPIC, name, name).json();
            finding.require(
                    !receipt.getBoolean("duplicate", true) && repeats(right, name, receipt.getString("cursor")),
                    at + "a key first used on that node is a duplicate on the other");
            Instant seen = timeOf(receipt.getString("id"));
            finding.require(isNear(before.plus(offset), seen), "the node's clock is turned, and showed " + seen);
            for (Client client : List.of(wrong, right)) {
                Optional<Instant> time = time(client, TOPIC, name, before);
                finding.require(
                        time.isPresent() && isNear(before, time.get()),
                        at + "an event of " + before + " has the time " + time);
            }
        }

        /** Lives are counted by NATS, whoever published. */
        private void checkLives(String at, String topic, Instant before) {
            Eventually.await(
                    at + "an event goes when its time is over",
                    PATIENCE,
                    () -> time(right, topic, "short", before).isEmpty());
            finding.require(
                    Duration.between(before, Instant.now()).compareTo(SHORT_LIFE) >= 0,
                    at + "no event goes before its time is over");
            for (Client client : List.of(wrong, right)) {
                finding.require(
                        time(client, topic, "long", before).isPresent(), at + "an event with time left is there");
            }
        }

        private void schedule(String at, Client client, String topic, Instant due) {
            Client.Timed taken = client.post(
                    "/v1/events",
                    new JsonObject()
                            .put("topic", topic)
                            .put("data", topic)
                            .put("key", topic)
                            .put("deliver_at", due.toString()));
            finding.require(taken.status() == 202, at + "a schedule is taken, and was answered " + taken.answer());
        }

        /** Its time is PostgreSQL's, whichever node took it and whichever publishes it. */
        private void checkFired(String at, String topic, Instant due) {
            Instant since = due.minus(TOLERANCE);
            Instant fired = Eventually.get(
                            at + "a schedule fires",
                            PATIENCE,
                            () -> time(right, topic, topic, since),
                            Optional::isPresent)
                    .orElseThrow();
            finding.require(
                    !fired.isBefore(due.minusMillis(500)) && isNear(due, fired),
                    at + "a schedule for " + due + " fires then, and did at " + fired);
            finding.require(right.history(topic).json().getJsonArray("messages").size() == 1, at + "it fires once");
        }

        private void publish(String topic, String data, JsonObject options) {
            Client.Timed answer =
                    wrong.post("/v1/events", options.put("topic", topic).put("data", data));
            finding.require(answer.status() == 201, "an event is taken, and was answered " + answer.answer());
        }

        /** Of the event with these data, as history since a moment shows it; empty when it does not. */
        private static Optional<Instant> time(Client client, String topic, String data, Instant since) {
            Client.Timed page = client.get("/v1/events?limit=1000&topic=" + topic + "&from=" + since.minus(TOLERANCE));
            if (page.status() != 200) {
                throw new AssertionError("history of " + topic + " was answered " + page.answer());
            }
            return page.json().getJsonArray("messages").stream()
                    .map(JsonObject.class::cast)
                    .filter(message -> data.equals(message.getString("data")))
                    .map(message -> Instant.parse(message.getString("timestamp")))
                    .findFirst();
        }

        /** What the clock of the node showed that made an id: its first ten characters, in base 32. */
        private static Instant timeOf(String id) {
            long millis = 0;
            for (char digit : id.substring(0, 10).toCharArray()) {
                millis = millis * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit);
            }
            return Instant.ofEpochMilli(millis);
        }

        private static boolean isNear(Instant wanted, Instant was) {
            return Duration.between(wanted, was).abs().compareTo(TOLERANCE) <= 0;
        }
    }
}
