package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Client;
import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Clock;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.Plan;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Line 10. The clock of one node of two jumps while it runs, forth and back.
 *
 * @param rounds of an hour forth, an hour back, and right again
 */
record ClockJump(int rounds) implements Fault {
    private static final List<Duration> OFFSETS = List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO);
    /** Longer than a node takes to see its new time. */
    private static final long NOTICE_MILLIS = 1_500;

    private static final Duration TOLERANCE = Duration.ofSeconds(10);
    private static final int TICKET_SECONDS = 30;

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
        return "the clock of one node of two jumps an hour forth, back, and right again, ×" + rounds;
    }

    @Override
    public String promise() {
        return "dedupe, times of events, history by time and keys stay right";
    }

    @Override
    public Optional<String> obstacle() {
        return Clock.library().isPresent() ? Optional.empty() : Optional.of("libfaketime is not installed");
    }

    @Override
    public Finding run() throws Exception {
        var finding = new Finding();
        try (Installation installation = Installation.start(Plan.of(2).withClocks());
                Traffic traffic = Traffic.start(installation, Shape.stream(2, 4))) {
            Client wrong = new Client(
                    installation.node(0).url(), installation.credentials().client());
            Client right = new Client(
                    installation.node(1).url(), installation.credentials().client());
            int jump = 0;
            for (int round = 0; round < rounds; round++) {
                for (Duration offset : OFFSETS) {
                    traffic.awaitReceipts(50);
                    String key = "jump-" + jump++;
                    String cursor = right.publish("jumps", key, key).json().getString("cursor");
                    installation.clock(installation.node(0)).set(offset);
                    TimeUnit.MILLISECONDS.sleep(NOTICE_MILLIS);
                    String at = "with the clock wrong by " + offset.toMinutes() + " min, ";
                    finding.require(repeats(wrong, key, cursor), at + "an old key is a duplicate on that node");
                    finding.require(repeats(right, key, cursor), at + "an old key is a duplicate on the other");
                    checkTimes(finding, at, wrong, right, key + "-new");
                    traffic.awaitReceipts(200);
                }
            }
            return finding.figure("jumps", jump).of(traffic.judge());
        }
    }

    private static boolean repeats(Client client, String key, String cursor) {
        JsonObject receipt = client.publish("jumps", key, key).json();
        return receipt.getBoolean("duplicate", false) && cursor.equals(receipt.getString("cursor"));
    }

    /** An event published through the wrong node, as both show it. */
    private static void checkTimes(Finding finding, String at, Client wrong, Client right, String key) {
        Instant before = Instant.now();
        JsonObject receipt = wrong.publish("jumps", key, key).json();
        finding.require(
                !receipt.getBoolean("duplicate", true) && repeats(right, key, receipt.getString("cursor")),
                at + "a key first used on that node is a duplicate on the other");
        for (Client client : List.of(wrong, right)) {
            JsonObject page = client.get("/v1/events?topic=jumps&from=" + before.minus(TOLERANCE))
                    .json();
            Optional<Instant> time = page.getJsonArray("messages").stream()
                    .map(JsonObject.class::cast)
                    .filter(message -> key.equals(message.getString("data")))
                    .map(message -> Instant.parse(message.getString("timestamp")))
                    .findFirst();
            finding.require(
                    time.isPresent()
                            && Duration.between(before, time.get()).abs().compareTo(TOLERANCE) <= 0,
                    at + "an event of " + before + " has the time " + time);
        }
        Client.Timed ticket = wrong.post("/v1/tickets", new JsonObject());
        String given = ticket.json().getString("ticket");
        finding.require(
                ticket.status() == 201 && ticket.json().getInteger("expires_in") == TICKET_SECONDS,
                at + "a ticket is issued");
        int redeemed = right.as("")
                .get("/v1/poll?topics=jumps&timeout=0&ticket=" + given)
                .status();
        finding.require(redeemed == 200, at + "a ticket of that node is good on the other, which answered " + redeemed);
    }
}
