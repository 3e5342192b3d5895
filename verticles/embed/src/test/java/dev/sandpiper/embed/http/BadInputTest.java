package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with a request, on every transport that it can reach: one stable code each. */
class BadInputTest {
    private static final String EVENTS = "/v1/events";
    private static final String BATCH = "/v1/events/batch";
    private static final int LIMIT = 131_072;

    private static TestNode node;
    private static TestProject project;
    private static String strangersCursor;
    private static String publisherKey;
    private static String subscriberKey;

    private record BadRequest(String what, HttpRequest request, int status, String code) {}

    @BeforeAll
    static void start() {
        node = TestNode.shared();
        project = node.createProject();
        publisherKey = project.key(Scope.EVENTS_PUBLISH);
        subscriberKey = project.key(Scope.EVENTS_SUBSCRIBE);
        var stranger = new Api(node, node.createProject().key());
        strangersCursor = new JsonObject(stranger.publish("t", 1).body()).getString("cursor");
    }

    @TestFactory
    Stream<DynamicTest> overHttp() {
        List<BadRequest> table = new ArrayList<>();
        table.addAll(routes());
        table.addAll(credentials());
        table.addAll(bodies());
        table.addAll(binaries());
        table.addAll(batches());
        for (String path : new String[] {"/v1/events?topic=t&", "/v1/sse?topics=t&", "/v1/poll?topics=t&timeout=0&"}) {
            table.addAll(positions(path));
        }
        table.addAll(queries());
        return table.stream().map(bad -> dynamicTest(bad.what, () -> refuses(bad)));
    }

    private static void refuses(BadRequest bad) {
        HttpResponse<String> plain = Api.send(bad.request);
        assertThat(plain.statusCode()).as(plain.body()).isEqualTo(bad.status);
        assertThat(plain.headers().firstValue("content-type")).hasValue("application/json");
        JsonObject error = new JsonObject(plain.body()).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo(bad.code);
        assertThat(error.getString("message")).isNotEmpty();
        assertThat(error.getJsonObject("details")).isNotNull();
        assertThat(plain.headers().firstValue("x-request-id")).hasValue(error.getString("request_id"));

        HttpResponse<String> problem = Api.send(HttpRequest.newBuilder(bad.request, (name, value) -> true)
                .setHeader("Accept", "application/problem+json")
                .setHeader("X-Request-Id", "mine-1")
                .build());
        assertThat(problem.statusCode()).isEqualTo(bad.status);
        assertThat(problem.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(new JsonObject(problem.body()).getMap())
                .containsEntry("code", bad.code)
                .containsEntry("status", bad.status)
                .containsEntry("request_id", "mine-1")
                .containsKeys("type", "title", "detail");
    }

    private static List<BadRequest> routes() {
        return List.of(
                bad("an unknown route", get("/v1/nothing"), 404, "ROUTE_NOT_FOUND"),
                bad("an unknown route without version", get("/nothing"), 404, "ROUTE_NOT_FOUND"),
                bad("a WebSocket route without WebSocket", get("/v1/ws"), 426, "UPGRADE_REQUIRED"),
                bad("an unknown version", get("/v2/events"), 404, "ROUTE_NOT_FOUND"),
                bad("the root", get("/"), 404, "ROUTE_NOT_FOUND"),
                bad("a wrong method", request(EVENTS).DELETE(), 405, "METHOD_NOT_ALLOWED"),
                bad("a wrong method without version", request("/events").DELETE(), 405, "METHOD_NOT_ALLOWED"),
                bad("a wrong method for a batch", get(BATCH), 405, "METHOD_NOT_ALLOWED"),
                bad(
                        "an unheard-of method",
                        request(EVENTS).method("BREW", BodyPublishers.noBody()),
                        405,
                        "METHOD_NOT_ALLOWED"));
    }

    @Test
    void aWrongMethodIsToldWhichOnesAreRight() {
        assertThat(Api.send(request(EVENTS).DELETE().build()).headers().firstValue("allow"))
                .hasValue("GET, POST");
    }

    private static List<BadRequest> credentials() {
        String event = "{\"topic\":\"t\",\"data\":1}";
        List<BadRequest> table = new ArrayList<>();
        for (String path :
                new String[] {"/v1/events?topic=t", "/v1/sse?topics=t", "/v1/poll?topics=t", "/v1/admin/keys"}) {
            String more = path.indexOf('?') < 0 ? "?" : "&";
            table.addAll(List.of(
                    bad(path + " without credentials", bare(path), 401, "MISSING_CREDENTIALS"),
                    bad(
                            path + " with another scheme",
                            bare(path).header("Authorization", "Basic eDp5"),
                            401,
                            "MISSING_CREDENTIALS"),
                    bad(
                            path + " with an empty key",
                            bare(path).header("Authorization", "Bearer "),
                            401,
                            "MISSING_CREDENTIALS"),
                    bad(
                            path + " with a malformed key",
                            bare(path).header("X-API-Key", "nonsense"),
                            401,
                            "INVALID_API_KEY"),
                    bad(
                            path + " with a misspelt key",
                            bare(path).header("X-API-Key", misspelt()),
                            401,
                            "INVALID_API_KEY"),
                    bad(path + " with a wrong ticket", bare(path + more + "ticket=nonsense"), 401, "INVALID_TICKET"),
                    bad(
                            path + " with a key in the query",
                            bare(path + more + "api_key=" + project.key()),
                            400,
                            "CREDENTIAL_IN_QUERY"),
                    bad(
                            path + " with a key under any name",
                            bare(path + more + "x=" + project.key()),
                            400,
                            "CREDENTIAL_IN_QUERY")));
        }
        table.addAll(List.of(
                bad(
                        "publishing without credentials",
                        bare(EVENTS).POST(BodyPublishers.ofString(event)),
                        401,
                        "MISSING_CREDENTIALS"),
                bad(
                        "publishing with a malformed key",
                        bare(EVENTS).header("X-API-Key", "x").POST(BodyPublishers.ofString(event)),
                        401,
                        "INVALID_API_KEY"),
                bad(
                        "publishing with a key in the query",
                        bare(EVENTS + "?token=x").POST(BodyPublishers.ofString(event)),
                        400,
                        "CREDENTIAL_IN_QUERY"),
                bad(
                        "publishing without the scope",
                        as(subscriberKey, EVENTS).POST(BodyPublishers.ofString(event)),
                        403,
                        "INSUFFICIENT_SCOPE"),
                bad(
                        "a batch without the scope",
                        as(subscriberKey, BATCH).POST(BodyPublishers.ofString("[" + event + "]")),
                        403,
                        "INSUFFICIENT_SCOPE"),
                bad("history without the scope", as(publisherKey, "/v1/events?topic=t"), 403, "INSUFFICIENT_SCOPE"),
                bad("SSE without the scope", as(publisherKey, "/v1/sse?topics=t"), 403, "INSUFFICIENT_SCOPE"),
                bad("a poll without the scope", as(publisherKey, "/v1/poll?topics=t"), 403, "INSUFFICIENT_SCOPE"),
                bad("administration without the scope", get("/v1/admin/keys"), 403, "INSUFFICIENT_SCOPE"),
                bad(
                        "two different credentials",
                        request(EVENTS + "?topic=t").header("X-API-Key", "other"),
                        400,
                        "INVALID_REQUEST")));
        return table;
    }

    private static List<BadRequest> bodies() {
        String deep = "[".repeat(64) + "]".repeat(64);
        return List.of(
                json("an empty body", "", 400, "INVALID_JSON"),
                json("broken JSON", "{\"topic\":\"t\",\"data\":", 400, "INVALID_JSON"),
                json("a comma too many", "{\"topic\":\"t\",\"data\":1,}", 400, "INVALID_JSON"),
                json("something after the JSON", "{\"topic\":\"t\",\"data\":1}{}", 400, "INVALID_JSON"),
                json("a number that is none", "{\"topic\":\"t\",\"data\":NaN}", 400, "INVALID_JSON"),
                json("an array", "[]", 400, "INVALID_REQUEST"),
                json("a member twice", "{\"topic\":\"t\",\"topic\":\"t\",\"data\":1}", 400, "DUPLICATE_MEMBER"),
                json(
                        "a member twice within the payload",
                        "{\"topic\":\"t\",\"data\":{\"a\":1,\"a\":1}}",
                        400,
                        "DUPLICATE_MEMBER"),
                json("deep nesting", "{\"topic\":\"t\",\"data\":" + deep + "}", 400, "NESTING_TOO_DEEP"),
                json("an unknown member", "{\"topic\":\"t\",\"dta\":1}", 400, "INVALID_PARAMETER"),
                json("no topic", "{\"data\":1}", 400, "INVALID_PARAMETER"),
                json("no data", "{\"topic\":\"t\"}", 400, "INVALID_PARAMETER"),
                json("data and payload", "{\"topic\":\"t\",\"data\":1,\"payload\":1}", 400, "INVALID_PARAMETER"),
                json("a topic that is no string", "{\"topic\":7,\"data\":1}", 400, "INVALID_PARAMETER"),
                json("an unknown class", "{\"topic\":\"t\",\"data\":1,\"class\":\"best\"}", 400, "INVALID_PARAMETER"),
                json(
                        "exactly-once without a key",
                        "{\"topic\":\"t\",\"data\":1,\"class\":\"exactly-once\"}",
                        400,
                        "INVALID_PARAMETER"),
                json("an empty event name", "{\"topic\":\"t\",\"data\":1,\"event\":\"\"}", 400, "INVALID_PARAMETER"),
                json(
                        "an endless event name",
                        "{\"topic\":\"t\",\"data\":1,\"event\":\"" + "e".repeat(129) + "\"}",
                        400,
                        "INVALID_PARAMETER"),
                json(
                        "an endless key",
                        "{\"topic\":\"t\",\"data\":1,\"key\":\"" + "k".repeat(257) + "\"}",
                        400,
                        "INVALID_PARAMETER"),
                json("an empty topic", "{\"topic\":\"\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with white space", "{\"topic\":\"a b\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with a wildcard", "{\"topic\":\"a.*\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with another wildcard", "{\"topic\":\"a.>\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with a control character", "{\"topic\":\"a\\u0000\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with half a character", "{\"topic\":\"\\ud800\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("an endless topic", "{\"topic\":\"" + "t".repeat(256) + "\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("one byte too many", oversized(), 413, "PAYLOAD_TOO_LARGE"),
                bad("bad UTF-8", json(EVENTS).POST(BodyPublishers.ofByteArray(badUtf8())), 400, "INVALID_UTF8"),
                bad(
                        "another charset",
                        request(EVENTS)
                                .header("Content-Type", "application/json; charset=latin1")
                                .POST(BodyPublishers.ofString("{\"topic\":\"t\",\"data\":1}")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad(
                        "two different keys",
                        json(EVENTS)
                                .header("Idempotency-Key", "a")
                                .POST(BodyPublishers.ofString("{\"topic\":\"t\",\"data\":1,\"key\":\"b\"}")),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a topic in the query of JSON",
                        json(EVENTS + "?topic=t").POST(BodyPublishers.ofString("{\"topic\":\"t\",\"data\":1}")),
                        400,
                        "INVALID_PARAMETER"));
    }

    private static List<BadRequest> binaries() {
        return List.of(
                binary("text without a topic", EVENTS, "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
                binary(
                        "a form",
                        EVENTS + "?topic=t",
                        "application/x-www-form-urlencoded",
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                binary("a type that is none", EVENTS + "?topic=t", "a b", 415, "UNSUPPORTED_MEDIA_TYPE"),
                binary("a binary event with a bad topic", EVENTS + "?topic=a%20b", "image/png", 400, "INVALID_TOPIC"),
                binary(
                        "a binary event with bad UTF-8 in its topic",
                        EVENTS + "?topic=%ff",
                        "image/png",
                        400,
                        "INVALID_UTF8"),
                binary(
                        "a binary event with an unknown parameter",
                        EVENTS + "?topic=t&evnt=e",
                        "image/png",
                        400,
                        "INVALID_PARAMETER"),
                binary(
                        "a binary event with a topic twice",
                        EVENTS + "?topic=t&topic=t",
                        "image/png",
                        400,
                        "INVALID_PARAMETER"),
                binary(
                        "a binary event of an unknown class",
                        EVENTS + "?topic=t&class=best",
                        "image/png",
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a compressed body",
                        request(EVENTS + "?topic=t")
                                .header("Content-Type", "image/png")
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofString("x")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad(
                        "a binary event one byte too large",
                        request(EVENTS + "?topic=t")
                                .header("Content-Type", "image/png")
                                .POST(BodyPublishers.ofByteArray(new byte[LIMIT + 1])),
                        413,
                        "PAYLOAD_TOO_LARGE"));
    }

    private static List<BadRequest> batches() {
        String item = "{\"topic\":\"t\",\"data\":1}";
        String tooMany = "[" + (item + ",").repeat(1_000) + item + "]";
        return List.of(
                batch("an empty batch", "[]", 400, "INVALID_PARAMETER"),
                batch("a batch that is no array", item, 400, "INVALID_REQUEST"),
                batch("a broken batch", "[" + item, 400, "INVALID_JSON"),
                batch("a batch with too many items", tooMany, 400, "INVALID_PARAMETER"),
                batch("a batch that is too large", "[" + item + " ".repeat(8 << 20) + "]", 413, "PAYLOAD_TOO_LARGE"),
                bad(
                        "an NDJSON batch with too many items",
                        request(BATCH)
                                .header("Content-Type", "application/x-ndjson")
                                .POST(BodyPublishers.ofString((item + "\n").repeat(1_001))),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a batch of another type",
                        request(BATCH).header("Content-Type", "text/csv").POST(BodyPublishers.ofString("t,1")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad(
                        "a batch with one key",
                        json(BATCH).header("Idempotency-Key", "k").POST(BodyPublishers.ofString("[" + item + "]")),
                        400,
                        "INVALID_PARAMETER"));
    }

    private static List<BadRequest> positions(String path) {
        return List.of(
                bad(path + " a cursor that is none", get(path + "since=nonsense"), 400, "INVALID_CURSOR"),
                bad(path + " another tenant's cursor", get(path + "since=" + strangersCursor), 400, "INVALID_CURSOR"),
                bad(path + " a tampered cursor", get(path + "since=" + tampered()), 400, "INVALID_CURSOR"),
                bad(path + " a time that is none", get(path + "from=yesterday"), 400, "INVALID_PARAMETER"),
                bad(
                        path + " a cursor and a time",
                        get(path + "from=2026-01-01T00:00:00Z&since=" + strangersCursor),
                        400,
                        "INVALID_PARAMETER"));
    }

    private static List<BadRequest> queries() {
        List<BadRequest> table = new ArrayList<>();
        for (String limit : new String[] {"0", "-1", "1001", "many", "1e2", "99999999999"}) {
            table.add(bad("limit " + limit, get("/v1/events?topic=t&limit=" + limit), 400, "INVALID_PARAMETER"));
        }
        table.addAll(List.of(
                bad("history of nothing", get(EVENTS), 400, "INVALID_PARAMETER"),
                bad("history in a strange order", get("/v1/events?topic=t&order=up"), 400, "INVALID_PARAMETER"),
                bad("history with a misspelt parameter", get("/v1/events?topic=t&sinse=x"), 400, "INVALID_PARAMETER"),
                bad("history of a bad topic", get("/v1/events?topic=a*"), 400, "INVALID_TOPIC"),
                bad("a poll of nothing", get("/v1/poll"), 400, "INVALID_PARAMETER"),
                bad("a poll of a bad topic", get("/v1/poll?topics=a*"), 400, "INVALID_TOPIC"),
                bad("a poll with a bad timeout", get("/v1/poll?topics=t&timeout=long"), 400, "INVALID_PARAMETER"),
                bad("SSE of nothing", get("/v1/sse"), 400, "INVALID_PARAMETER"),
                bad("SSE of a bad topic", get("/v1/sse?topics=a*"), 400, "INVALID_TOPIC"),
                bad(
                        "SSE with a bad Last-Event-ID",
                        get("/v1/sse?topics=t").header("Last-Event-ID", "nonsense"),
                        400,
                        "INVALID_CURSOR")));
        return table;
    }

    @Test
    void anItemOfABatchHasTheErrorThatTheEventHadAlone() {
        var errors = Map.of(
                "{\"topic\":\"a b\",\"data\":1}",
                "INVALID_TOPIC",
                "{\"data\":1}",
                "INVALID_PARAMETER",
                "{\"topic\":\"t\",\"data\":1,\"x\":1}",
                "INVALID_PARAMETER",
                "7",
                "INVALID_REQUEST",
                oversized(),
                "PAYLOAD_TOO_LARGE");
        errors.forEach((item, code) -> {
            HttpResponse<String> answer = new Api(node, project.key()).post(BATCH, "[" + item + "]");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(new JsonObject(answer.body())
                            .getJsonArray("results")
                            .getJsonObject(0)
                            .getJsonObject("error")
                            .getString("code"))
                    .isEqualTo(code);
        });
    }

    @TestFactory
    Stream<DynamicTest> overWebSockets() {
        String deep = "[".repeat(65) + "]".repeat(65);
        return Stream.of(
                frame("broken JSON", "{\"type\":", "RT_007", "INVALID_JSON"),
                frame("an array", "[]", "RT_007", "INVALID_REQUEST"),
                frame("an unknown type", "{\"type\":\"shout\"}", "RT_007", "INVALID_PARAMETER"),
                frame("a member twice", "{\"type\":\"ping\",\"type\":\"ping\"}", "RT_007", "DUPLICATE_MEMBER"),
                frame(
                        "deep nesting",
                        "{\"type\":\"message\",\"channel\":\"t\",\"data\":" + deep + "}",
                        "RT_007",
                        "NESTING_TOO_DEEP"),
                frame("no channel", "{\"type\":\"subscribe\",\"id\":\"1\"}", "RT_007", "INVALID_PARAMETER"),
                frame(
                        "a bad channel",
                        "{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"a b\"}",
                        "RT_007",
                        "INVALID_TOPIC"),
                frame(
                        "a message without data",
                        "{\"type\":\"message\",\"channel\":\"t\"}",
                        "RT_007",
                        "INVALID_PARAMETER"),
                frame(
                        "a message of an unknown class",
                        "{\"type\":\"message\",\"channel\":\"t\",\"data\":1,\"class\":\"best\"}",
                        "RT_007",
                        "INVALID_PARAMETER"),
                frame(
                        "a bad cursor",
                        "{\"type\":\"subscribe\",\"channel\":\"t\",\"since\":\"nonsense\"}",
                        "RT_007",
                        "INVALID_CURSOR"),
                frame(
                        "another tenant's cursor",
                        "{\"type\":\"subscribe\",\"channel\":\"t\",\"since\":\"" + strangersCursor + "\"}",
                        "RT_007",
                        "INVALID_CURSOR"),
                frame(
                        "a bad time",
                        "{\"type\":\"subscribe\",\"channel\":\"t\",\"from\":\"yesterday\"}",
                        "RT_007",
                        "INVALID_PARAMETER"),
                frame(
                        "unsubscribing from nothing",
                        "{\"type\":\"unsubscribe\",\"channel\":\"t\"}",
                        "RT_004",
                        "NOT_SUBSCRIBED"),
                frameAs(
                        subscriberKey,
                        "publishing without the scope",
                        "{\"type\":\"message\",\"channel\":\"t\",\"data\":1}",
                        "RT_003",
                        "INSUFFICIENT_SCOPE"),
                frameAs(
                        publisherKey,
                        "subscribing without the scope",
                        "{\"type\":\"subscribe\",\"channel\":\"t\"}",
                        "RT_003",
                        "INSUFFICIENT_SCOPE"));
    }

    @Test
    void aWebSocketWithAWrongKeyIsRefusedAtTheHandshake() {
        assertThatThrownBy(() -> new FrameClient(node.ws(), "nonsense"))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
        assertThatThrownBy(() -> new FrameClient(URI.create(node.ws() + "?api_key=" + project.key()), project.key()))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
    }

    private static DynamicTest frame(String what, String text, String code, String name) {
        return frameAs(project.key(), what, text, code, name);
    }

    private static DynamicTest frameAs(String key, String what, String text, String code, String name) {
        return dynamicTest(what, () -> {
            try (var socket = new FrameClient(node.ws(), key)) {
                JsonObject error = socket.ask(text, "error");
                assertThat(error.getString("code")).isEqualTo(code);
                assertThat(error.getString("name")).isEqualTo(name);
                assertThat(error.getString("message")).isNotEmpty();
            }
        });
    }

    private static String oversized() {
        String event = "{\"topic\":\"t\",\"data\":\"\"}";
        return event.replace("\"\"}", "\"" + "x".repeat(LIMIT + 1 - event.length()) + "\"}");
    }

    private static byte[] badUtf8() {
        byte[] bytes = "{\"topic\":\"t\",\"data\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
        bytes[bytes.length - 3] = (byte) 0xff;
        return bytes;
    }

    private static String misspelt() {
        String key = project.key();
        char last = key.charAt(key.length() - 1);
        return key.substring(0, key.length() - 1) + (last == 'a' ? 'b' : 'a');
    }

    private static String tampered() {
        return (strangersCursor.charAt(0) == 'B' ? 'C' : 'B') + strangersCursor.substring(1);
    }

    private static BadRequest json(String what, String body, int status, String code) {
        return bad(what, json(EVENTS).POST(BodyPublishers.ofString(body)), status, code);
    }

    private static BadRequest batch(String what, String body, int status, String code) {
        return bad(what, json(BATCH).POST(BodyPublishers.ofString(body)), status, code);
    }

    private static BadRequest binary(String what, String path, String type, int status, String code) {
        return bad(what, request(path).header("Content-Type", type).POST(BodyPublishers.ofString("x")), status, code);
    }

    private static BadRequest bad(String what, HttpRequest.Builder request, int status, String code) {
        return new BadRequest(what, request.build(), status, code);
    }

    private static HttpRequest.Builder json(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    private static HttpRequest.Builder get(String path) {
        return request(path);
    }

    private static HttpRequest.Builder request(String path) {
        return as(project.key(), path);
    }

    private static HttpRequest.Builder as(String key, String path) {
        return new Api(node, key).request(path);
    }

    private static HttpRequest.Builder bare(String path) {
        return HttpRequest.newBuilder(node.http().resolve(path));
    }
}
