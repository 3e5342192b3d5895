package dev.sandpiper.http.admin;

import static dev.sandpiper.domain.Scope.ADMIN_READ;
import static dev.sandpiper.domain.Scope.ADMIN_WRITE;
import static dev.sandpiper.domain.Scope.EVENTS_PUBLISH;
import static dev.sandpiper.domain.Scope.EVENTS_SUBSCRIBE;
import static dev.sandpiper.domain.Scope.PLATFORM_OPERATE;
import static dev.sandpiper.http.admin.AdminServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyRoutesTest {
    private static final String KEYS = "/v1/admin/keys";
    private static final String PUBLISHER = "{\"name\":\"ci\",\"scopes\":[\"events:publish\"]}";

    private final AdminServer server = new AdminServer();
    private final String admin = server.key("acme", ADMIN_READ, ADMIN_WRITE, EVENTS_PUBLISH);
    private final String operator = server.key("acme", PLATFORM_OPERATE);

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void aNewKeyIsShownOnceAndWorksAtOnce() {
        HttpResponse<String> created = server.post(
                KEYS,
                admin,
                "{\"project\":\"app\",\"name\":\"Köln ✓\",\"scopes\":[\"events:publish\",\"admin:read\"],"
                        + "\"expires_at\":\"2099-01-31T12:00:00+02:00\"}");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(created.headers().firstValue("Cache-Control")).contains("no-store");
        JsonObject key = json(created);
        assertThat(key.getString("key")).startsWith("sp_live_" + key.getString("id") + "_");
        assertThat(key.getString("tenant")).isEqualTo("acme");
        assertThat(key.getString("project")).isEqualTo("app");
        assertThat(key.getString("name")).isEqualTo("Köln ✓");
        assertThat(key.getJsonArray("scopes")).isEqualTo(new JsonArray(List.of("events:publish", "admin:read")));
        assertThat(key.getString("expires_at")).isEqualTo("2099-01-31T10:00:00Z");
        assertThat(key.getString("created_at")).endsWith("Z");
        assertThat(key.getValue("revoked_at")).isNull();

        HttpResponse<String> who = server.get("/v1/admin/whoami", key.getString("key"));
        assertThat(who.statusCode()).isEqualTo(200);
        assertThat(json(who))
                .isEqualTo(new JsonObject()
                        .put("tenant", "acme")
                        .put("project", "app")
                        .put("key_id", key.getString("id"))
                        .put(
                                "channels",
                                new JsonObject()
                                        .put(
                                                "*",
                                                new JsonArray(List.of("subscribe", "publish", "presence", "history"))))
                        .put("scopes", new JsonArray(List.of("events:publish", "admin:read"))));

        assertThat(server.get(KEYS + "?limit=500", admin).body())
                .contains(key.getString("id"))
                .doesNotContain(key.getString("key"));
    }

    @Test
    void withoutAProjectTheKeyIsForTheCallersOwn() {
        assertThat(json(server.post("/admin/keys", admin, PUBLISHER)).getString("project"))
                .isEqualTo("web");
    }

    @Test
    void aRevokedKeyIsRefusedWithinASecond() {
        JsonObject key = json(server.post(KEYS, admin, PUBLISHER));
        assertThat(server.get("/v1/admin/whoami", key.getString("key")).statusCode())
                .isEqualTo(200);

        HttpResponse<String> revoked = server.delete(KEYS + "/" + key.getString("id"), admin);

        assertThat(revoked.statusCode()).isEqualTo(204);
        assertThat(revoked.body()).isEmpty();
        Eventually.await(
                "the key is refused",
                Duration.ofSeconds(1),
                () -> server.get("/v1/admin/whoami", key.getString("key")).statusCode() == 401);
        assertThat(server.delete(KEYS + "/" + key.getString("id"), admin).statusCode())
                .isEqualTo(204);
    }

    @Test
    void aListPagesByCursor() {
        String other = server.key("rival", ADMIN_READ, ADMIN_WRITE, EVENTS_PUBLISH);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(json(server.post(
                            KEYS, other, "{\"project\":\"app\",\"name\":\"k\",\"scopes\":[\"events:publish\"]}"))
                    .getString("id"));
        }

        List<String> listed = new ArrayList<>();
        String next = "";
        do {
            JsonObject page = json(server.get(KEYS + "?project=app&limit=2&after=" + next, other));
            page.getJsonArray("items").forEach(item -> listed.add(((JsonObject) item).getString("id")));
            next = page.getString("next");
        } while (next != null);

        assertThat(listed).isEqualTo(made);
    }

    @Test
    void nobodyHandsOutWhatTheyDoNotHave() {
        assertError(
                server.post(KEYS, admin, "{\"name\":\"k\",\"scopes\":[\"events:subscribe\"]}"),
                403,
                "INSUFFICIENT_SCOPE");
        assertError(
                server.post(KEYS, admin, "{\"name\":\"k\",\"scopes\":[\"platform:operate\"]}"),
                403,
                "INSUFFICIENT_SCOPE");
        assertThat(server.post(KEYS, operator, "{\"name\":\"k\",\"scopes\":[\"events:subscribe\",\"admin:write\"]}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void readingTakesReadAndWritingTakesWrite() {
        String reader = server.key("acme", ADMIN_READ);
        String writer = server.key("acme", ADMIN_WRITE, EVENTS_PUBLISH);
        String neither = server.key("acme", EVENTS_PUBLISH, EVENTS_SUBSCRIBE);

        assertThat(server.get(KEYS, reader).statusCode()).isEqualTo(200);
        assertThat(server.post(KEYS, writer, PUBLISHER).statusCode()).isEqualTo(201);
        assertError(server.get(KEYS, writer), 403, "INSUFFICIENT_SCOPE");
        assertError(server.post(KEYS, reader, PUBLISHER), 403, "INSUFFICIENT_SCOPE");
        assertError(server.delete(KEYS + "/" + idOf(neither), reader), 403, "INSUFFICIENT_SCOPE");
        assertError(server.get(KEYS, neither), 403, "INSUFFICIENT_SCOPE");
        assertError(server.post(KEYS, neither, PUBLISHER), 403, "INSUFFICIENT_SCOPE");
        assertThat(server.get("/v1/admin/whoami", neither).statusCode()).isEqualTo(200);
    }

    @Test
    void anotherTenantIsOutOfReachButForOperators() {
        String rivalKey = server.key("rival", EVENTS_PUBLISH);
        String path = KEYS + "/" + idOf(rivalKey);

        assertThat(server.get(KEYS + "?limit=500", admin).body()).doesNotContain(idOf(rivalKey));
        assertError(server.get(KEYS + "?tenant=rival", admin), 403, "INSUFFICIENT_SCOPE");
        assertError(server.delete(path, admin), 404, "RESOURCE_NOT_FOUND");
        assertError(server.delete(path + "?tenant=rival", admin), 403, "INSUFFICIENT_SCOPE");
        assertError(
                server.post(
                        KEYS,
                        admin,
                        "{\"tenant\":\"rival\",\"project\":\"web\",\"name\":\"k\",\"scopes\":[\"events:publish\"]}"),
                403,
                "INSUFFICIENT_SCOPE");
        assertThat(server.get("/v1/admin/whoami", rivalKey).statusCode()).isEqualTo(200);

        assertThat(server.get(KEYS + "?tenant=rival&limit=500", operator).body())
                .contains(idOf(rivalKey));
        assertThat(json(server.post(
                                KEYS,
                                operator,
                                "{\"tenant\":\"rival\",\"project\":\"app\",\"name\":\"k\",\"scopes\":[\"billing:read\"]}"))
                        .getString("tenant"))
                .isEqualTo("rival");
        assertThat(server.delete(path + "?tenant=rival", operator).statusCode()).isEqualTo(204);
    }

    @Test
    void aTenantsAdministratorDoesNotRevokeTheOperator() {
        String second = server.key("acme", PLATFORM_OPERATE);

        assertError(server.delete(KEYS + "/" + idOf(second), admin), 403, "INSUFFICIENT_SCOPE");
        assertThat(server.delete(KEYS + "/" + idOf(second), operator).statusCode())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @MethodSource("wrongBodies")
    void aBodyThatIsNotUnderstoodIsRefused(String body, int status, String code) {
        assertError(server.post(KEYS, operator, body), status, code);
    }

    static Stream<Arguments> wrongBodies() {
        return Stream.of(
                Arguments.of("", 400, "INVALID_REQUEST"),
                Arguments.of("[]", 400, "INVALID_REQUEST"),
                Arguments.of("{", 400, "INVALID_JSON"),
                Arguments.of("{}", 400, "INVALID_PARAMETER"),
                Arguments.of(PUBLISHER + "x", 400, "INVALID_JSON"),
                Arguments.of(
                        "{\"name\":\"a\",\"name\":\"b\",\"scopes\":[\"events:publish\"]}", 400, "DUPLICATE_MEMBER"),
                Arguments.of("{\"name\":\"a\"}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"scopes\":[\"events:publish\"]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\" \",\"scopes\":[\"events:publish\"]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\\u0000\",\"scopes\":[\"events:publish\"]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\\ud800\",\"scopes\":[\"events:publish\"]}", 400, "INVALID_PARAMETER"),
                Arguments.of(named("a".repeat(201)), 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":1,\"scopes\":[\"events:publish\"]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\",\"scopes\":[]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\",\"scopes\":\"events:publish\"}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\",\"scopes\":[1]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\",\"scopes\":[[\"events:publish\"]]}", 400, "INVALID_PARAMETER"),
                Arguments.of("{\"name\":\"a\",\"scopes\":[\"events:all\"]}", 400, "INVALID_PARAMETER"),
                Arguments.of(
                        "{\"name\":\"a\",\"scopes\":[\"events:publish\",\"events:publish\"]}",
                        400,
                        "INVALID_PARAMETER"),
                Arguments.of(with("\"expires_at\":\"tomorrow\""), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"expires_at\":\"2001-01-01T00:00:00Z\""), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"expires_at\":7"), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"topics\":\"a\""), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"project\":\"No Slug\""), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"tenant\":\"*\",\"project\":\"web\""), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"tenant\":\"rival\""), 400, "INVALID_PARAMETER"),
                Arguments.of(with("\"project\":\"unknown\""), 404, "RESOURCE_NOT_FOUND"),
                Arguments.of(with("\"tenant\":\"unknown\",\"project\":\"web\""), 404, "RESOURCE_NOT_FOUND"),
                Arguments.of(named("a".repeat(17_000)), 413, "PAYLOAD_TOO_LARGE"));
    }

    @ParameterizedTest
    @CsvSource({
        "?limit=0, INVALID_PARAMETER",
        "?limit=501, INVALID_PARAMETER",
        "?limit=x, INVALID_PARAMETER",
        "?limit=99999999999, INVALID_PARAMETER",
        "?after=x, INVALID_PARAMETER",
        "?project=No%20Slug, INVALID_PARAMETER",
        "?limit=1&limit=2, INVALID_PARAMETER",
        "?color=red, INVALID_PARAMETER",
        "?after=%ff, INVALID_UTF8"
    })
    void aQueryThatIsNotUnderstoodIsRefused(String query, String code) {
        assertError(server.get(KEYS + query, operator), 400, code);
    }

    @Test
    void anotherContentTypeIsRefused() {
        HttpRequest.Builder request = server.request(KEYS, admin)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(PUBLISHER));

        assertError(server.send(request), 415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void whatIsNoKeyCannotBeRevoked() {
        assertError(server.delete(KEYS + "/0123456789abcdef", operator), 404, "RESOURCE_NOT_FOUND");
        assertError(server.delete(KEYS + "/x", operator), 404, "RESOURCE_NOT_FOUND");
        assertError(server.delete(KEYS + "/a%2Fb", operator), 404, "RESOURCE_NOT_FOUND");
    }

    @Test
    void withoutAKeyThereIsNoAdministration() {
        String forged = admin.substring(0, admin.length() - 1) + (admin.endsWith("A") ? "B" : "A");

        assertError(server.get(KEYS, forged), 401, "INVALID_API_KEY");
        assertError(server.post(KEYS, forged, PUBLISHER), 401, "INVALID_API_KEY");
        assertError(server.get("/v1/admin/whoami", forged), 401, "INVALID_API_KEY");
        assertError(server.get(KEYS, ""), 401, "MISSING_CREDENTIALS");
    }

    private static String with(String member) {
        return "{\"name\":\"a\",\"scopes\":[\"events:publish\"]," + member + "}";
    }

    private static String named(String name) {
        return "{\"name\":\"" + name + "\",\"scopes\":[\"events:publish\"]}";
    }

    private static String idOf(String key) {
        return key.split("_", -1)[2];
    }

    private static void assertError(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).getJsonObject("error").getString("code")).isEqualTo(code);
    }
}
