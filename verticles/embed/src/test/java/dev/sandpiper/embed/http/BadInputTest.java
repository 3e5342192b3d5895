package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;
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

    private static TestNode node;
    private static TestProject project;
    private static String strangersCursor;
    private static String publisherKey;
    private static String subscriberKey;

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
        table.addAll(new BadBodies(new Api(node, project.key())).table());
        for (String path : new String[] {"/v1/events?topic=t&", "/v1/sse?topics=t&", "/v1/poll?topics=t&timeout=0&"}) {
            table.addAll(positions(path));
        }
        table.addAll(queries());
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
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
                bad("history of a bad topic", get("/v1/events?topic=a*b"), 400, "INVALID_TOPIC"),
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
                BadBodies.oversized(),
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

    private static String misspelt() {
        String key = project.key();
        char last = key.charAt(key.length() - 1);
        return key.substring(0, key.length() - 1) + (last == 'a' ? 'b' : 'a');
    }

    private static String tampered() {
        return (strangersCursor.charAt(0) == 'B' ? 'C' : 'B') + strangersCursor.substring(1);
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
