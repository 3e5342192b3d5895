package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with a worker's frame: one stable name each, and the connection lives on. */
class WorkerFramesBadInputTest {
    private static SocketWorker worker;
    private static SocketWorker speaker;
    private static String token;
    private static String ended;
    private static String strangersToken;

    /** @param code as on sockets */
    private record Bad(String what, SocketWorker by, String frame, String code, String name) {
        void check() {
            JsonObject error = by.send(frame).next("error");
            assertThat(error.getString("name")).as(error.encode()).isEqualTo(name);
            assertThat(error.getString("code")).isEqualTo(code);
            assertThat(error.getString("message")).isNotEmpty();
            assertThat(error.getString("id")).isEqualTo("x");
            by.send("{\"type\":\"ping\"}").next("pong");
        }
    }

    @BeforeAll
    static void start() {
        TestNode node = TestNode.shared();
        TestProject project = node.createProject();
        TestProject other = node.createProject();
        JsonObject settings = new JsonObject()
                .put("topics", new JsonArray().add("t"))
                .put("start", "first")
                .put("ack_wait", "1h");
        Workers mine = Workers.create(node, project, "mine", settings);
        var publisher = new Api(node, project.key());
        publisher.publish("t", 1);
        token = mine.fetchOne().getString("token");
        publisher.publish("t", 2);
        ended = mine.fetchOne().getString("token");
        mine.say("nack", new JsonObject().put("token", ended).put("delay", "1h"));
        Workers theirs = Workers.create(node, other, "mine", settings);
        new Api(node, other.key()).publish("t", 1);
        strangersToken = theirs.fetchOne().getString("token");
        worker = SocketWorker.connect(node, project.key());
        worker.consume("mine", 1).next("consuming");
        speaker = SocketWorker.connect(node, project.key(Scope.EVENTS_PUBLISH));
    }

    @AfterAll
    static void stop() {
        worker.close();
        speaker.close();
    }

    @TestFactory
    Stream<DynamicTest> areRefused() {
        List<Bad> table = new ArrayList<>();
        table.addAll(consuming());
        table.addAll(words());
        table.addAll(outputs());
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
    }

    private static List<Bad> consuming() {
        List<Bad> table = new ArrayList<>();
        for (String name : new String[] {"*", "a*", ">", "a.b", "a b", "", "-a", "ü", "a".repeat(65)}) {
            table.add(
                    invalid("a consumer named '" + name + "'", frame("consume").put("consumer", name)));
        }
        for (Object credit : new Object[] {0, -1, 1_001, 1.5, "1", true}) {
            table.add(invalid(
                    "a credit of " + credit,
                    frame("consume").put("consumer", "other").put("credit", credit)));
        }
        table.add(invalid("no consumer", frame("consume")));
        table.add(invalid("no consumer to stop", frame("stop")));
        table.add(bad("an unknown consumer", consume("none"), "RT_004", "RESOURCE_NOT_FOUND"));
        table.add(bad("the same consumer twice", consume("mine"), "RT_007", "ALREADY_CONSUMING"));
        table.add(
                bad("the end of what did not begin", frame("stop").put("consumer", "none"), "RT_004", "NOT_CONSUMING"));
        table.add(new Bad(
                "a key that may only publish", speaker, consume("mine").encode(), "RT_003", "INSUFFICIENT_SCOPE"));
        return table;
    }

    private static List<Bad> words() {
        List<Bad> table = new ArrayList<>();
        for (String word : new String[] {"ack", "nack", "term", "in_progress"}) {
            table.add(invalid(word + " without a consumer", frame(word).put("token", token)));
            table.add(invalid(word + " without a token", frame(word).put("consumer", "mine")));
            table.add(invalid(
                    word + " with a list of tokens",
                    frame(word).put("consumer", "mine").put("token", new JsonArray().add(token))));
            table.add(bad(word + " of nonsense", word(word, "nonsense"), "RT_007", "INVALID_DELIVERY_TOKEN"));
            table.add(bad(word + " of a forged token", word(word, forged()), "RT_007", "INVALID_DELIVERY_TOKEN"));
            table.add(bad(
                    word + " of another tenant's token",
                    word(word, strangersToken),
                    "RT_007",
                    "INVALID_DELIVERY_TOKEN"));
            table.add(bad(word + " of a delivery that is over", word(word, ended), "RT_007", "STALE_DELIVERY"));
            table.add(bad(
                    word + " to an unknown consumer",
                    word(word, token).put("consumer", "none"),
                    "RT_004",
                    "RESOURCE_NOT_FOUND"));
            table.add(invalid(word + " to a wildcard", word(word, token).put("consumer", "*")));
            table.add(new Bad(
                    word + " by a key that may only publish",
                    speaker,
                    word(word, token).encode(),
                    "RT_003",
                    "INSUFFICIENT_SCOPE"));
        }
        for (Object delay : new Object[] {"soon", "-1s", "2d", "", 5}) {
            table.add(invalid("a delay of " + delay, word("nack", token).put("delay", delay)));
        }
        for (Object reason : new Object[] {"", " ", "a\nb", "x".repeat(501), 5}) {
            table.add(invalid("the reason " + reason, word("term", token).put("reason", reason)));
        }
        return table;
    }

    private static List<Bad> outputs() {
        List<Bad> table = new ArrayList<>();
        JsonObject good = new JsonObject().put("topic", "out").put("data", 1);
        table.add(bad("outputs that are no list", publishing(good), "RT_007", "INVALID_REQUEST"));
        table.add(invalid(
                "an output with a key",
                publishing(new JsonArray().add(good.copy().put("key", "k")))));
        table.add(invalid(
                "an ephemeral output",
                publishing(new JsonArray().add(good.copy().put("class", "ephemeral")))));
        table.add(bad(
                "an output to a wildcard",
                publishing(new JsonArray().add(good.copy().put("topic", "a.*"))),
                "RT_007",
                "INVALID_TOPIC"));
        var many = new JsonArray();
        for (int i = 0; i < 101; i++) {
            many.add(good);
        }
        table.add(invalid("a hundred outputs and one", publishing(many)));
        return table;
    }

    private static JsonObject frame(String type) {
        return new JsonObject().put("type", type).put("id", "x");
    }

    private static JsonObject consume(String consumer) {
        return frame("consume").put("consumer", consumer);
    }

    private static JsonObject word(String word, String token) {
        return frame(word).put("consumer", "mine").put("token", token);
    }

    private static JsonObject publishing(Object outputs) {
        return word("ack", token).put("publish", outputs);
    }

    private static String forged() {
        char last = token.charAt(token.length() - 1);
        return token.substring(0, token.length() - 1) + (last == 'A' ? 'B' : 'A');
    }

    private static Bad invalid(String what, JsonObject frame) {
        return bad(what, frame, "RT_007", "INVALID_PARAMETER");
    }

    private static Bad bad(String what, JsonObject frame, String code, String name) {
        return new Bad(what, worker, frame.encode(), code, name);
    }
}
