package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with a request about consumers: one stable code each. */
class ConsumersBadInputTest {
    private static final String CONSUMERS = "/v1/consumers";
    private static final String ONE = CONSUMERS + "/mine";

    private static Api owner;
    private static Api worker;
    private static Api subscriber;
    private static Api publisher;
    private static String token;
    private static String ended;
    private static String strangersToken;
    private static String strangersCursor;

    @BeforeAll
    static void start() {
        TestNode node = TestNode.shared();
        TestProject project = node.createProject();
        TestProject other = node.createProject();
        owner = new Api(node, project.key(Scope.ADMIN_WRITE));
        worker = new Api(node, project.key());
        subscriber = new Api(node, project.key(Scope.EVENTS_SUBSCRIBE));
        publisher = new Api(node, project.key(Scope.EVENTS_PUBLISH));
        JsonObject settings =
                new JsonObject().put("topics", new JsonArray().add("t")).put("ack_wait", "1h");
        Workers mine = Workers.create(node, project, "mine", settings);
        worker.publish("t", 1);
        token = mine.fetchOne().getString("token");
        worker.publish("t", 2);
        ended = mine.fetchOne().getString("token");
        mine.say("nack", new JsonObject().put("token", ended).put("delay", "1h"));
        Workers theirs = Workers.create(node, other, "mine", settings);
        var stranger = new Api(node, other.key());
        strangersCursor = new JsonObject(stranger.publish("t", 1).body()).getString("cursor");
        strangersToken = theirs.fetchOne().getString("token");
    }

    @TestFactory
    Stream<DynamicTest> areRefused() {
        List<BadRequest> table = new ArrayList<>();
        table.addAll(names());
        table.addAll(settings());
        table.addAll(words());
        table.addAll(others());
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
    }

    private static List<BadRequest> names() {
        List<BadRequest> table = new ArrayList<>();
        for (String name : new String[] {"*", "a*", ">", "a.b", "a b", "", "-a", "ü", "a".repeat(65)}) {
            table.add(bad("a consumer named '" + name + "'", making("name", name), 400, "INVALID_PARAMETER"));
        }
        for (String name : new String[] {"*", "a.b", "%3E", "%C3%BC"}) {
            table.add(bad("a look at " + name, worker.request(CONSUMERS + "/" + name), 400, "INVALID_PARAMETER"));
        }
        table.add(bad("an unknown consumer", worker.request(CONSUMERS + "/none"), 404, "RESOURCE_NOT_FOUND"));
        table.add(bad(
                "a fetch from an unknown consumer",
                post(worker, CONSUMERS + "/none/fetch", "{}"),
                404,
                "RESOURCE_NOT_FOUND"));
        table.add(bad("a name that is taken", making("name", "mine"), 409, "CONSUMER_EXISTS"));
        return table;
    }

    private static List<BadRequest> settings() {
        List<BadRequest> table = new ArrayList<>();
        table.add(bad("no body", post(owner, CONSUMERS, ""), 400, "INVALID_REQUEST"));
        table.add(bad("a list", post(owner, CONSUMERS, "[]"), 400, "INVALID_REQUEST"));
        table.add(bad("broken JSON", post(owner, CONSUMERS, "{\"name\":"), 400, "INVALID_JSON"));
        table.add(bad("no topics", post(owner, CONSUMERS, "{\"name\":\"a\"}"), 400, "INVALID_PARAMETER"));
        table.add(bad("no name", post(owner, CONSUMERS, "{\"topics\":[\"t\"]}"), 400, "INVALID_PARAMETER"));
        table.add(bad("an unknown member", making("colour", "blue"), 400, "INVALID_PARAMETER"));
        table.add(bad("empty topics", making("topics", new JsonArray()), 400, "INVALID_PARAMETER"));
        table.add(bad("a topic twice", making("topics", new JsonArray().add("t").add("t")), 400, "INVALID_PARAMETER"));
        table.add(bad(
                "too many topics",
                making("topics", new JsonArray(new ArrayList<>(Collections.nCopies(33, "t")))),
                400,
                "INVALID_PARAMETER"));
        for (String topic : new String[] {"", "a*b", "**", "a.>", "a b"}) {
            table.add(bad(
                    "the topic '" + topic + "'", making("topics", new JsonArray().add(topic)), 400, "INVALID_TOPIC"));
        }
        table.add(bad("a strange start", making("start", "now"), 400, "INVALID_PARAMETER"));
        table.add(bad("an empty start", making("start", new JsonObject()), 400, "INVALID_PARAMETER"));
        table.add(bad(
                "two starts",
                making(
                        "start",
                        new JsonObject().put("time", "2026-01-01T00:00:00Z").put("cursor", "x")),
                400,
                "INVALID_PARAMETER"));
        table.add(bad("no cursor", making("start", new JsonObject().put("cursor", "x")), 400, "INVALID_CURSOR"));
        table.add(bad(
                "a stranger's cursor",
                making("start", new JsonObject().put("cursor", strangersCursor)),
                400,
                "INVALID_CURSOR"));
        table.add(bad("no time", making("start", new JsonObject().put("time", "today")), 400, "INVALID_PARAMETER"));
        table.add(bad("a filter that is none", making("filter", "data.amount >"), 400, "INVALID_FILTER"));
        table.add(bad("an empty filter", making("filter", " "), 400, "INVALID_PARAMETER"));
        for (String wait : new String[] {"0s", "-1s", "2h", "soon"}) {
            table.add(bad("ack_wait of " + wait, making("ack_wait", wait), 400, "INVALID_PARAMETER"));
        }
        table.add(bad("no delivery", making("max_deliver", 0), 400, "INVALID_PARAMETER"));
        table.add(bad("too many deliveries", making("max_deliver", 1_001), 400, "INVALID_PARAMETER"));
        table.add(bad("a huge number", making("max_deliver", 4_294_967_297L), 400, "INVALID_PARAMETER"));
        table.add(bad("a long backoff", making("backoff", new JsonArray().add("2d")), 400, "INVALID_PARAMETER"));
        table.add(bad("none in flight", making("max_in_flight", 0), 400, "INVALID_PARAMETER"));
        table.add(bad("a strange order", making("ordered_by", "sender"), 400, "INVALID_PARAMETER"));
        return table;
    }

    private static List<BadRequest> words() {
        List<BadRequest> table = new ArrayList<>();
        for (String word : new String[] {"ack", "nack", "term", "in_progress"}) {
            String path = ONE + "/" + word;
            table.add(bad(word + " of nothing", post(worker, path, "{}"), 400, "INVALID_PARAMETER"));
            table.add(bad(word + " of an empty list", post(worker, path, "{\"tokens\":[]}"), 400, "INVALID_PARAMETER"));
            table.add(bad(word + " of nonsense", word(path, "nonsense"), 400, "INVALID_DELIVERY_TOKEN"));
            table.add(bad(word + " of a forged token", word(path, forged()), 400, "INVALID_DELIVERY_TOKEN"));
            table.add(bad(word + " of a stranger's token", word(path, strangersToken), 400, "INVALID_DELIVERY_TOKEN"));
            table.add(bad(word + " of a cursor", word(path, strangersCursor), 400, "INVALID_DELIVERY_TOKEN"));
            table.add(bad(word + " of what has ended", word(path, ended), 409, "STALE_DELIVERY"));
            table.add(bad(
                    word + " twice in one call",
                    post(worker, path, "{\"tokens\":[\"" + token + "\",\"" + token + "\"]}"),
                    400,
                    "INVALID_PARAMETER"));
            table.add(bad(
                    word + " with an unknown member",
                    post(worker, path, "{\"token\":\"" + token + "\",\"colour\":1}"),
                    400,
                    "INVALID_PARAMETER"));
            table.add(bad(word + " without the scope", post(publisher, path, "{}"), 403, "INSUFFICIENT_SCOPE"));
        }
        table.add(bad("a long delay", with("nack", "\"delay\":\"2d\""), 400, "INVALID_PARAMETER"));
        table.add(bad("a strange delay", with("nack", "\"delay\":\"later\""), 400, "INVALID_PARAMETER"));
        table.add(bad("an empty reason", with("term", "\"reason\":\"\""), 400, "INVALID_PARAMETER"));
        table.add(bad("outputs that are no list", with("ack", "\"publish\":{}"), 400, "INVALID_REQUEST"));
        table.add(bad("no outputs", with("ack", "\"publish\":[]"), 400, "INVALID_PARAMETER"));
        table.add(bad(
                "an output without data", with("ack", "\"publish\":[{\"topic\":\"o\"}]"), 400, "INVALID_PARAMETER"));
        table.add(bad(
                "an output with a wrong topic",
                with("ack", "\"publish\":[{\"topic\":\"*\",\"data\":1}]"),
                400,
                "INVALID_TOPIC"));
        table.add(bad(
                "an output with a key",
                with("ack", "\"publish\":[{\"topic\":\"o\",\"data\":1,\"key\":\"k\"}]"),
                400,
                "INVALID_PARAMETER"));
        table.add(bad(
                "an ephemeral output",
                with("ack", "\"publish\":[{\"topic\":\"o\",\"data\":1,\"class\":\"ephemeral\"}]"),
                400,
                "INVALID_PARAMETER"));
        table.add(bad(
                "outputs for several",
                post(
                        worker,
                        ONE + "/ack",
                        "{\"tokens\":[\"" + token + "\"],\"publish\":[{\"topic\":\"o\",\"data\":1}]}"),
                400,
                "INVALID_PARAMETER"));
        table.add(bad(
                "outputs without the scope",
                post(
                        subscriber,
                        ONE + "/ack",
                        "{\"token\":\"" + token + "\",\"publish\":[{\"topic\":\"o\",\"data\":1}]}"),
                403,
                "INSUFFICIENT_SCOPE"));
        return table;
    }

    private static List<BadRequest> others() {
        return List.of(
                bad("a batch of none", post(worker, ONE + "/fetch", "{\"batch\":0}"), 400, "INVALID_PARAMETER"),
                bad("a huge batch", post(worker, ONE + "/fetch", "{\"batch\":1001}"), 400, "INVALID_PARAMETER"),
                bad("a long wait", post(worker, ONE + "/fetch", "{\"wait\":\"61s\"}"), 400, "INVALID_PARAMETER"),
                bad("a fetch without the scope", post(publisher, ONE + "/fetch", "{}"), 403, "INSUFFICIENT_SCOPE"),
                bad("a look without the scope", publisher.request(ONE), 403, "INSUFFICIENT_SCOPE"),
                bad("making one without the scope", post(worker, CONSUMERS, "{}"), 403, "INSUFFICIENT_SCOPE"),
                bad("deleting one without the scope", worker.request(ONE).DELETE(), 403, "INSUFFICIENT_SCOPE"),
                bad("pausing one without the scope", post(worker, ONE + "/pause", ""), 403, "INSUFFICIENT_SCOPE"),
                bad("a reset to nowhere", post(owner, ONE + "/reset", "{}"), 400, "INVALID_PARAMETER"),
                bad("a reset to no cursor", post(owner, ONE + "/reset", "{\"cursor\":\"x\"}"), 400, "INVALID_CURSOR"),
                bad(
                        "a reset to a stranger's cursor",
                        post(owner, ONE + "/reset", "{\"cursor\":\"" + strangersCursor + "\"}"),
                        400,
                        "INVALID_CURSOR"),
                bad("an unknown query", worker.request(CONSUMERS + "?colour=1"), 400, "INVALID_PARAMETER"),
                bad("a list without limit", worker.request(CONSUMERS + "?limit=0"), 400, "INVALID_PARAMETER"),
                bad("a list after nobody", worker.request(CONSUMERS + "?after=*"), 400, "INVALID_PARAMETER"),
                bad("a wrong method", worker.request(ONE + "/ack"), 405, "METHOD_NOT_ALLOWED"),
                bad(
                        "a form",
                        worker.request(ONE + "/ack")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString("token=x")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"));
    }

    /** Of the right length, from the right alphabet, and not signed. */
    private static String forged() {
        char other = token.charAt(20) == 'A' ? 'B' : 'A';
        return token.substring(0, 20) + other + token.substring(21);
    }

    private static HttpRequest.Builder word(String path, String about) {
        return post(worker, path, "{\"token\":\"" + about + "\"}");
    }

    private static HttpRequest.Builder with(String word, String members) {
        return post(worker, ONE + "/" + word, "{\"token\":\"" + token + "\"," + members + "}");
    }

    /** A consumer that would do but for one member. */
    private static HttpRequest.Builder making(String member, Object value) {
        JsonObject body = new JsonObject()
                .put("name", "new")
                .put("topics", new JsonArray().add("t"))
                .put(member, value);
        return post(owner, CONSUMERS, body.encode());
    }

    private static HttpRequest.Builder post(Api api, String path, String body) {
        return api.request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
}
