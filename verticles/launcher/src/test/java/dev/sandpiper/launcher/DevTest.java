package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import dev.sandpiper.launcher.Cli.Running;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One installation by {@code dev}, and the other commands as its users. */
class DevTest {
    @TempDir
    private static Path folder;

    private static Dev dev;

    @BeforeAll
    static void start() {
        dev = Dev.start(Cli.in(folder), folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    @Test
    void itPrintsOneLineThatSaysWhereEverythingIs() throws Exception {
        assertThat(dev.running().out().lines()).hasSize(1);
        JsonObject line = dev.announcement();
        assertThat(line.fieldNames())
                .containsExactlyInAnyOrder(
                        "ready", "nodes", "nats", "postgres", "tenant", "project", "key", "operator_key");
        JsonObject node = line.getJsonArray("nodes").getJsonObject(0);
        assertThat(node.getString("url")).isEqualTo("http://127.0.0.1:" + dev.port());
        assertThat(node.getString("management")).startsWith("http://127.0.0.1:");
        assertThat(ProcessHandle.of(node.getLong("pid"))).isPresent();
        assertThat(ProcessHandle.of(line.getJsonObject("nats").getLong("pid"))).isPresent();
        assertThat(line.getString("key")).matches("sp_[a-z0-9]+_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");
        String postgres = line.getJsonObject("postgres").getString("url");
        String[] parts = postgres.replaceFirst("^postgresql://", "").split("[:@]", 3);
        try (var connection = DriverManager.getConnection("jdbc:postgresql://" + parts[2], parts[0], parts[1])) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void whatIsPublishedArrivesAtASubscriber() {
        try (Running subscriber = dev.client().start("", "subscribe", "chat:lobby", "chat:other")) {
            // The subscription is open once one of these has arrived.
            Eventually.await("the subscriber hears", Duration.ofSeconds(40), () -> {
                assertThat(dev.client()
                                .run("publish", "chat:other", "\"knock\"")
                                .exitCode())
                        .isZero();
                return !subscriber.out().isEmpty();
            });
            Outcome published =
                    dev.client().runWithInput("{\"n\":1}\n\n{\"n\":2.50}\n\"grüße\"\n", "publish", "chat:lobby", "-");
            assertThat(published.exitCode()).isZero();
            assertThat(published.lines()).hasSize(3).allMatch(line -> line.contains("\"cursor\""));

            Eventually.succeeds(
                    Duration.ofSeconds(20),
                    () -> assertThat(subscriber.out().lines().filter(line -> line.contains("\"chat:lobby\"")))
                            .hasSize(3)
                            .satisfiesExactly(
                                    line -> assertThat(line).contains("\"data\":{\"n\":1}"),
                                    line -> assertThat(line).contains("\"data\":{\"n\":2.50}"),
                                    line -> assertThat(line).contains("\"data\":\"grüße\"")));
        }
    }

    @Test
    void aSubscriberThatComesBackWithACursorGetsWhatItMissedByteForByte() {
        Outcome first = dev.client().run("publish", "resume", "1");
        String cursor = new JsonObject(first.out()).getString("cursor");
        dev.client().runWithInput("{\"price\":2.50}\n[ ]\n\"grüße\"\n", "publish", "resume", "-");

        Outcome missed = dev.client().run("subscribe", "resume", "--since=" + cursor, "--count=3");
        assertThat(missed.exitCode()).isZero();
        assertThat(missed.lines()).hasSize(3);
        assertThat(missed.lines().get(0)).contains("\"data\":{\"price\":2.50}");
        assertThat(missed.lines().get(1)).contains("\"data\":[ ]");
        assertThat(missed.lines().get(2)).contains("\"data\":\"grüße\"");
    }

    @Test
    void theSameKeyPublishesOnce() {
        Outcome first = dev.client().run("publish", "once", "1", "--key=k1");
        Outcome second = dev.client().run("publish", "once", "1", "--key=k1");
        Outcome conflict = dev.client().run("publish", "once", "2", "--key=k1");
        assertThat(new JsonObject(second.out()).getString("id")).isEqualTo(new JsonObject(first.out()).getString("id"));
        assertThat(new JsonObject(second.out()).getBoolean("duplicate")).isTrue();
        assertThat(conflict.exitCode()).isEqualTo(1);
        assertThat(conflict.err()).contains("IDEMPOTENCY_CONFLICT");
    }

    @Test
    void aKeyWorksUntilItIsRevoked() {
        Outcome created = dev.operator().run("keys", "create", "--name=ci", "--scopes=events:publish");
        assertThat(created.exitCode()).isZero();
        JsonObject key = new JsonObject(created.out());
        Cli user = dev.client().with("SANDPIPER_KEY", key.getString("key"));
        assertThat(user.run("publish", "keys", "1").exitCode()).isZero();

        Outcome listed = dev.operator().run("keys", "list");
        assertThat(listed.lines()).anyMatch(line -> line.contains(key.getString("id")));
        assertThat(listed.out()).doesNotContain(key.getString("key"));

        assertThat(dev.operator().run("keys", "revoke", key.getString("id")).exitCode())
                .isZero();
        Outcome refused = user.run("publish", "keys", "1");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("INVALID_API_KEY");
    }

    @Test
    void consumersAreMadeWatchedPausedResetAndDeleted() {
        Cli operator = dev.operator();
        String first =
                new JsonObject(dev.client().run("publish", "cli.orders", "1").out()).getString("cursor");
        dev.client().run("publish", "cli.orders", "2");
        JsonObject made = one(operator.run(
                "consumers",
                "create",
                "cli",
                "--topics=cli.*,other",
                "--start=first",
                "--filter=data > 0",
                "--ack-wait=1m",
                "--max-deliver=3",
                "--backoff=1s,5s",
                "--max-in-flight=7",
                "--ordered"));
        assertThat(made.getMap())
                .containsEntry("name", "cli")
                .containsEntry("start", "first")
                .containsEntry("filter", "data > 0")
                .containsEntry("ack_wait", "1m")
                .containsEntry("max_deliver", 3)
                .containsEntry("max_in_flight", 7)
                .containsEntry("ordered_by", "topic")
                .containsEntry("lag", 2);
        assertThat(made.getJsonArray("topics")).containsExactly("cli.*", "other");
        assertThat(made.getJsonArray("backoff")).containsExactly("1s", "5s");
        Outcome twice = operator.run("consumers", "create", "cli", "--topics=t");
        assertThat(twice.exitCode()).isEqualTo(1);
        assertThat(twice.err()).contains("CONSUMER_EXISTS").doesNotContain("Exception");

        // A worker's key may look and fetch.
        assertThat(one(dev.client().run("consumers", "fetch", "cli", "--ack"))
                        .getJsonObject("message")
                        .getInteger("data"))
                .isEqualTo(1);
        assertThat(one(dev.client().run("consumers", "fetch", "cli", "--wait=10s"))
                        .getInteger("delivery"))
                .isEqualTo(1);
        List<String> lag = dev.client().run("consumers", "lag", "cli").lines();
        assertThat(lag).hasSize(2);
        assertThat(lag.getFirst()).startsWith("NAME").contains("LAG", "PENDING", "OLDEST UNACKED");
        assertThat(lag.getLast())
                .startsWith("cli ")
                .containsPattern("\\s0\\s+1\\s+0\\s")
                .contains("cli.*,other");
        JsonObject state = one(dev.client().run("consumers", "lag", "cli", "--json"));
        assertThat(state.getMap()).containsEntry("lag", 0).containsEntry("pending", 1);

        assertThat(one(operator.run("consumers", "pause", "cli")).getBoolean("paused"))
                .isTrue();
        assertThat(dev.client().run("consumers", "list").out()).contains("cli (paused)");
        assertThat(dev.client().run("consumers", "fetch", "cli").out()).isEmpty();
        assertThat(one(operator.run("consumers", "resume", "cli")).getBoolean("paused"))
                .isFalse();
        assertThat(one(operator.run("consumers", "reset", "cli", "--to=" + first))
                        .getInteger("lag"))
                .isEqualTo(1);
        assertThat(one(operator.run("consumers", "reset", "cli", "--to=2020-01-31T00:00:00Z"))
                        .getInteger("lag"))
                .isEqualTo(2);

        String token = fetched("cli");
        assertThat(dev.client().run("consumers", "nack", "cli", token).exitCode())
                .isZero();
        token = fetched("cli");
        JsonObject published = one(
                dev.client().run("consumers", "ack", "cli", token, "--publish={\"topic\":\"cli.results\",\"data\":0}"));
        assertThat(published.getJsonArray("published")).hasSize(1);
        Outcome stale = dev.client().run("consumers", "ack", "cli", token);
        assertThat(stale.exitCode()).isEqualTo(1);
        assertThat(dev.client()
                        .run("consumers", "term", "cli", fetched("cli"), "--reason=hopeless")
                        .exitCode())
                .isZero();

        assertThat(dev.client().run("consumers", "delete", "cli").err()).contains("INSUFFICIENT_SCOPE");
        Outcome deleted = operator.run("consumers", "delete", "cli");
        assertThat(deleted.exitCode()).isZero();
        assertThat(deleted.err()).contains("Deleted cli");
        Outcome gone = dev.client().run("consumers", "lag", "cli");
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.err()).contains("RESOURCE_NOT_FOUND");
    }

    private static String fetched(String consumer) {
        return one(dev.client().run("consumers", "fetch", consumer, "--batch=1", "--wait=20s"))
                .getString("token");
    }

    private static JsonObject one(Outcome outcome) {
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.lines()).hasSize(1);
        return new JsonObject(outcome.out());
    }

    @Test
    void deadLettersAreListedShownSentAgainAndDiscarded() throws Exception {
        String nats = dev.announcement().getJsonObject("nats").getString("url");
        try (Connection connection = Nats.connect(nats)) {
            connection
                    .jetStreamManagement()
                    .addOrUpdateConsumer(
                            "EVENTS",
                            ConsumerConfiguration.builder()
                                    .durable("failing")
                                    .filterSubject("events.demo.demo.failing")
                                    .build());
            var subscription = connection.jetStream().subscribe(null, PullSubscribeOptions.bind("EVENTS", "failing"));
            dev.client().runWithInput("1\n2\n3\n", "publish", "failing", "-");
            for (Message message : subscription.fetch(3, Duration.ofSeconds(10))) {
                connection.publish(message.getReplyTo(), "+TERM \u001b[31mbroken".getBytes(StandardCharsets.UTF_8));
            }
            connection.flush(Duration.ofSeconds(10));
        }
        List<String> lines = Eventually.get(
                "three are listed",
                Duration.ofSeconds(20),
                () -> dev.client()
                        .run("dead-letters", "list", "--topic=failing", "--json")
                        .lines(),
                listed -> listed.size() == 3);
        List<String> ids =
                lines.stream().map(line -> new JsonObject(line).getString("id")).toList();

        Outcome table = dev.client().run("dead-letters", "list", "--consumer=failing", "--limit=2");
        assertThat(table.exitCode()).isZero();
        assertThat(table.lines()).hasSize(3);
        assertThat(table.lines().get(0)).startsWith("ID").contains("CONSUMER", "LAST ERROR");
        assertThat(table.lines().get(1)).contains(ids.get(0), "failing", "terminated", "broken");
        assertThat(table.out()).doesNotContain("\u001b");

        Outcome shown = dev.client().run("dead-letters", "show", ids.get(0));
        // Letters are in the order in which they were captured, which need not be that of the events.
        assertThat(new JsonObject(shown.out()).getInteger("data")).isBetween(1, 3);

        Outcome one = dev.client().run("dead-letters", "redrive", "--to=topic", ids.get(0));
        assertThat(one.exitCode()).as(one.err()).isZero();
        Outcome refused = dev.client().run("dead-letters", "redrive", "--to=consumer", "--topic=failing");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("CONSUMER_NOT_REDRIVABLE").contains("0 redriven");
        assertThat(new JsonObject(refused.out()).getInteger("failed")).isEqualTo(2);
        Outcome many = dev.client().run("dead-letters", "redrive", "--to=topic", "--consumer=failing");
        assertThat(many.exitCode()).as(many.err()).isZero();
        assertThat(new JsonObject(many.out()).getInteger("redriven")).isEqualTo(2);
        Outcome gone = dev.client().run("dead-letters", "discard", ids.get(0));
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.err()).contains("RESOURCE_NOT_FOUND");
        assertThat(dev.client()
                        .run("dead-letters", "discard", "--topic=failing")
                        .out())
                .contains("\"discarded\":0");
    }

    @Test
    void aWrongKeyIsASentenceAndFails() {
        for (List<String> command : List.of(List.of("publish", "x", "1"), List.of("subscribe", "x"))) {
            Outcome outcome = dev.client().with("SANDPIPER_KEY", "sp_wrong").run(command.toArray(String[]::new));
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err().lines()).hasSize(1);
        }
    }

    @Test
    void aSecondOneOnTheSameDataIsRefused() {
        Outcome outcome = Cli.in(folder).run("dev", "--data=" + folder.resolve("data"), "--port=1");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("Another `sandpiper dev` uses").contains("--data");
    }

    @Test
    void aTakenPortIsNamedWithTheOptionToUse() {
        Outcome outcome = Cli.in(folder).run("dev", "--data=" + folder.resolve("other"), "--port=" + dev.port());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("Port " + dev.port() + " is taken").contains("--port");
        assertThat(outcome.out()).isEmpty();
    }
}
