package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with a precondition, a time to live, a transaction, an event for later: one stable code each. */
class PublishingBadInputTest {
    private static final String EVENTS = "/v1/events";
    private static final String TRANSACTION = "/v1/events/transaction";
    private static final String SCHEDULED = "/v1/events/scheduled";

    private static String soon;
    private static Api api;
    private static Api subscriber;
    private static String strangersCursor;
    private static String strangersSchedule;

    @BeforeAll
    static void start() {
        soon = Instant.now().plusSeconds(3_600).toString();
        TestNode node = TestNode.shared();
        TestProject project = node.createProject();
        api = new Api(node, project.key());
        subscriber = new Api(node, project.key(Scope.EVENTS_SUBSCRIBE));
        var stranger = new Api(node, node.createProject().key());
        strangersCursor = new JsonObject(stranger.publish("t", 1).body()).getString("cursor");
        strangersSchedule = new JsonObject(
                        stranger.post(EVENTS, "{\"topic\":\"t\",\"data\":1,\"deliver_at\":\"" + soon + "\"}")
                                .body())
                .getString("id");
        api.publish("taken", 1);
        api.post(TRANSACTION, "[{\"topic\":\"t\",\"data\":1}]", "Idempotency-Key", "used");
        api.post(EVENTS, "{\"topic\":\"t\",\"data\":1,\"key\":\"used\",\"deliver_at\":\"" + soon + "\"}");
    }

    @TestFactory
    Stream<DynamicTest> areRefused() {
        List<BadRequest> table = new ArrayList<>();
        table.addAll(members());
        table.addAll(headers());
        table.addAll(transactions());
        table.addAll(schedules());
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
    }

    private static List<BadRequest> members() {
        List<BadRequest> table = new ArrayList<>();
        for (String ttl : new String[] {"\"0s\"", "\"99999d\"", "\"-1s\"", "\"1.5s\"", "\"soon\"", "\"\"", "1", "{}"}) {
            table.add(event("a ttl of " + ttl, "\"ttl\":" + ttl, 400, "INVALID_PARAMETER"));
        }
        table.add(event("an ephemeral ttl", "\"ttl\":\"1s\",\"class\":\"ephemeral\"", 400, "INVALID_PARAMETER"));
        table.add(event("a cursor that is none", "\"if_last_cursor\":\"nonsense\"", 400, "INVALID_CURSOR"));
        table.add(
                event("a stranger's cursor", "\"if_last_cursor\":\"" + strangersCursor + "\"", 400, "INVALID_CURSOR"));
        table.add(event("a number as a cursor", "\"if_last_cursor\":7", 400, "INVALID_PARAMETER"));
        table.add(event(
                "an ephemeral condition", "\"if_last_cursor\":null,\"class\":\"ephemeral\"", 400, "INVALID_PARAMETER"));
        table.add(bad(
                "a condition that does not hold",
                post(EVENTS, "{\"topic\":\"taken\",\"data\":1,\"if_last_cursor\":null}"),
                409,
                "CURSOR_CONFLICT"));
        table.add(event("exactly-once without a key", "\"class\":\"exactly-once\"", 400, "INVALID_PARAMETER"));
        table.add(event("an unknown class", "\"class\":\"twice\"", 400, "INVALID_PARAMETER"));
        return table;
    }

    private static List<BadRequest> headers() {
        List<BadRequest> table = new ArrayList<>();
        for (String headers : new String[] {
            "[]",
            "\"a=b\"",
            "1",
            "{\"a\":1}",
            "{\"a\":null}",
            "{\"a\":[\"b\"]}",
            "{\"\":\"v\"}",
            "{\"Upper\":\"v\"}",
            "{\"a b\":\"v\"}",
            "{\"a:b\":\"v\"}",
            "{\"ä\":\"v\"}",
            "{\"a\\r\\nb\":\"v\"}",
            "{\"" + "n".repeat(65) + "\":\"v\"}",
            "{\"a\":\"x\\r\\nNats-TTL: 1s\"}",
            "{\"a\":\"\\u0000\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"" + "ü".repeat(513) + "\"}",
            IntStream.range(0, 17).mapToObj(i -> "\"n" + i + "\":\"v\"").collect(Collectors.joining(",", "{", "}")),
            IntStream.range(0, 5)
                    .mapToObj(i -> "\"n" + i + "\":\"" + "v".repeat(1_000) + "\"")
                    .collect(Collectors.joining(",", "{", "}")),
        }) {
            String shown = headers.length() > 40 ? headers.substring(0, 40) : headers;
            table.add(event("headers " + shown, "\"headers\":" + headers, 400, "INVALID_HEADERS"));
            table.add(second(
                    "headers in a transaction " + shown, "\"data\":1,\"headers\":" + headers, 400, "INVALID_HEADERS"));
            table.add(event(
                    "headers for later " + shown,
                    "\"deliver_at\":\"" + soon + "\",\"headers\":" + headers,
                    400,
                    "INVALID_HEADERS"));
        }
        table.add(event("a header twice", "\"headers\":{\"a\":\"1\",\"a\":\"2\"}", 400, "DUPLICATE_MEMBER"));
        table.add(event("headers twice", "\"headers\":{},\"headers\":{}", 400, "DUPLICATE_MEMBER"));
        table.add(bad(
                "other headers under a used key",
                post(TRANSACTION, "[{\"topic\":\"t\",\"data\":1,\"headers\":{\"a\":\"b\"}}]")
                        .header("Idempotency-Key", "used"),
                409,
                "IDEMPOTENCY_CONFLICT"));
        table.add(bad(
                "a header of a binary event that cannot be one",
                api.request(EVENTS + "?topic=t")
                        .header("Content-Type", "image/png")
                        .header("Sandpiper-Header-A+B", "v")
                        .POST(BodyPublishers.ofString("x")),
                400,
                "INVALID_HEADERS"));
        return table;
    }

    private static List<BadRequest> transactions() {
        List<BadRequest> table = new ArrayList<>();
        table.add(bad("no transaction", post(TRANSACTION, ""), 400, "INVALID_JSON"));
        table.add(bad("an object", post(TRANSACTION, "{}"), 400, "INVALID_REQUEST"));
        table.add(bad("an empty transaction", post(TRANSACTION, "[]"), 400, "INVALID_PARAMETER"));
        table.add(bad("broken JSON", post(TRANSACTION, "[{\"topic\":\"t\","), 400, "INVALID_JSON"));
        table.add(bad("1,000 events", post(TRANSACTION, events(1_000)), 400, "INVALID_PARAMETER"));
        table.add(bad("1,001 events", post(TRANSACTION, events(1_001)), 400, "INVALID_PARAMETER"));
        table.add(second("an event with a key", "\"data\":1,\"key\":\"k\"", 400, "INVALID_PARAMETER"));
        table.add(second("an event for later", "\"data\":1,\"deliver_at\":\"" + soon + "\"", 400, "INVALID_PARAMETER"));
        table.add(second("an ephemeral event", "\"data\":1,\"class\":\"ephemeral\"", 400, "INVALID_PARAMETER"));
        table.add(second("an event without data", "\"event\":\"e\"", 400, "INVALID_PARAMETER"));
        table.add(second("an unknown member", "\"data\":1,\"colour\":1", 400, "INVALID_PARAMETER"));
        table.add(second(
                "a condition in the middle of a topic",
                "\"data\":1,\"if_last_cursor\":null",
                400,
                "INVALID_PARAMETER"));
        table.add(second("a ttl of nothing", "\"data\":1,\"ttl\":\"0s\"", 400, "INVALID_PARAMETER"));
        table.add(second(
                "exactly-once without a key", "\"data\":1,\"class\":\"exactly-once\"", 400, "INVALID_PARAMETER"));
        table.add(second("a huge event", "\"data\":\"" + "x".repeat(140_000) + "\"", 413, "PAYLOAD_TOO_LARGE"));
        table.add(bad(
                "a condition that does not hold",
                post(
                        TRANSACTION,
                        "[{\"topic\":\"t\",\"data\":1},{\"topic\":\"taken\",\"data\":1,\"if_last_cursor\":null}]"),
                409,
                "CURSOR_CONFLICT"));
        table.add(bad(
                "a key of another transaction",
                post(TRANSACTION, "[{\"topic\":\"t\",\"data\":2}]").header("Idempotency-Key", "used"),
                409,
                "IDEMPOTENCY_CONFLICT"));
        table.add(bad(
                "a key that is too long",
                post(TRANSACTION, "[{\"topic\":\"t\",\"data\":2}]").header("Idempotency-Key", "k".repeat(251)),
                400,
                "INVALID_PARAMETER"));
        table.add(bad(
                "a transaction in the query",
                post(TRANSACTION + "?topic=t", "[{\"topic\":\"t\",\"data\":2}]"),
                400,
                "INVALID_PARAMETER"));
        table.add(bad(
                "a transaction as an image",
                api.request(TRANSACTION).header("Content-Type", "image/png").POST(BodyPublishers.ofString("[]")),
                415,
                "UNSUPPORTED_MEDIA_TYPE"));
        table.add(bad(
                "a subscriber's transaction",
                subscriber
                        .request(TRANSACTION)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("[]")),
                403,
                "INSUFFICIENT_SCOPE"));
        table.add(bad("a look at a transaction", api.request(TRANSACTION), 405, "METHOD_NOT_ALLOWED"));
        return table;
    }

    private static List<BadRequest> schedules() {
        List<BadRequest> table = new ArrayList<>();
        for (String time : new String[] {
            "\"2001-01-01T00:00:00Z\"",
            "\"2199-01-01T00:00:00Z\"",
            "\"tomorrow\"",
            "\"2099-01-31\"",
            "\"\"",
            "4102444800",
            "{}"
        }) {
            table.add(event("deliver_at " + time, "\"deliver_at\":" + time, 400, "INVALID_PARAMETER"));
        }
        String later = "\"deliver_at\":\"" + soon + "\",";
        table.add(event("a condition for later", later + "\"if_last_cursor\":null", 400, "INVALID_PARAMETER"));
        table.add(event("ephemeral later", later + "\"class\":\"ephemeral\"", 400, "INVALID_PARAMETER"));
        table.add(event("a ttl of nothing for later", later + "\"ttl\":\"0s\"", 400, "INVALID_PARAMETER"));
        table.add(event(
                "exactly-once later without a key", later + "\"class\":\"exactly-once\"", 400, "INVALID_PARAMETER"));
        table.add(
                event("a used key for later", later + "\"key\":\"used\",\"event\":\"e\"", 409, "IDEMPOTENCY_CONFLICT"));
        table.add(bad(
                "a time in a query that is none",
                api.request(EVENTS + "?topic=t&deliver_at=soon")
                        .header("Content-Type", "image/png")
                        .POST(BodyPublishers.ofString("x")),
                400,
                "INVALID_PARAMETER"));
        for (String limit : new String[] {"0", "501", "-1", "many", "%20"}) {
            table.add(bad(
                    "a limit of '" + limit + "'",
                    api.request(SCHEDULED + "?limit=" + limit),
                    400,
                    "INVALID_PARAMETER"));
        }
        for (String after : new String[] {"nonsense", "%20", "LTE", "%00", "OTk5OTk5OTk5OTk5OTk5OTk5OS5Y"}) {
            table.add(bad(
                    "a page after '" + after + "'",
                    api.request(SCHEDULED + "?after=" + after),
                    400,
                    "INVALID_PARAMETER"));
        }
        table.add(bad("an unknown parameter", api.request(SCHEDULED + "?topic=t"), 400, "INVALID_PARAMETER"));
        for (String id : new String[] {"none", strangersSchedule, "%00", "a%27b", "x".repeat(300)}) {
            String path = SCHEDULED + "/" + id;
            table.add(bad("a look at " + id, api.request(path), 404, "RESOURCE_NOT_FOUND"));
            table.add(bad("cancelling " + id, api.request(path).DELETE(), 404, "RESOURCE_NOT_FOUND"));
        }
        table.add(bad("a subscriber's list", subscriber.request(SCHEDULED), 403, "INSUFFICIENT_SCOPE"));
        table.add(bad("a subscriber's look", subscriber.request(SCHEDULED + "/x"), 403, "INSUFFICIENT_SCOPE"));
        table.add(bad(
                "a subscriber's cancelling",
                subscriber.request(SCHEDULED + "/x").DELETE(),
                403,
                "INSUFFICIENT_SCOPE"));
        return table;
    }

    /** One event with these members too. */
    private static BadRequest event(String what, String members, int status, String code) {
        return bad(what, post(EVENTS, "{\"topic\":\"t\",\"data\":1," + members + "}"), status, code);
    }

    /** A transaction of two, of which the second has these members. */
    private static BadRequest second(String what, String members, int status, String code) {
        String events = "[{\"topic\":\"t\",\"data\":1},{\"topic\":\"t\"," + members + "}]";
        return bad("in a transaction, " + what, post(TRANSACTION, events), status, code);
    }

    private static String events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"topic\":\"t\",\"data\":" + i + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static HttpRequest.Builder post(String path, String body) {
        return api.request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
}
