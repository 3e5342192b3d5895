package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.audit.ExportVerifier;
import dev.sandpiper.audit.Verdict;
import dev.sandpiper.audit.VerifyingKey;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.runtime.auth.IssuedKey;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who changed what, as a node tells over REST. */
class AuditTest {
    private static final String AUDIT = "/v1/admin/audit";

    private static final TestNode NODE = TestNode.start(Map.of("AUDIT_CHECKPOINT_INTERVAL", "100ms"));

    private final TestProject project = NODE.createProject();
    private final IssuedKey issued = project.issue(Scope.ADMIN_READ, Scope.ADMIN_WRITE);
    private final Api admin = new Api(NODE, issued.key().reveal());
    private final Api operator = new Api(NODE, NODE.createProject().key(Scope.PLATFORM_OPERATE));

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void every_administrative_change_has_its_entry_with_actor_request_and_address() {
        put("/v1/topics/orders", "{\"max_payload\":1000}");
        put("/v1/topics/orders", "{\"max_payload\":2000}");
        delete("/v1/topics/orders");
        put("/v1/admin/retention?project=main", "{\"max_age\":\"7d\"}");
        JsonObject hold = created("/v1/admin/retention/holds", "{\"topics\":\"contracts.*\",\"reason\":\"case 1\"}");
        delete("/v1/admin/retention/holds/" + hold.getString("id"));
        created("/v1/consumers", "{\"name\":\"mine\",\"topics\":[\"orders\"]}");
        ok(admin.post("/v1/consumers/mine/pause", ""));
        ok(admin.post("/v1/consumers/mine/reset", "{\"time\":\"2026-01-01T00:00:00Z\"}"));
        delete("/v1/consumers/mine");
        ok(admin.post(
                "/v1/admin/streams/purge", "{\"project\":\"main\",\"topics\":\"orders\",\"confirm\":\"main\"}"));

        List<JsonObject> entries = entries(admin, "?actor=key:" + issued.info().id());
        assertThat(entries.reversed())
                .extracting(entry -> entry.getString("action"))
                .containsExactly(
                        "topic_rule.created",
                        "topic_rule.changed",
                        "topic_rule.deleted",
                        "retention.changed",
                        "legal_hold.placed",
                        "legal_hold.released",
                        "consumer.created",
                        "consumer.paused",
                        "consumer.reset",
                        "consumer.deleted",
                        "events.purge_requested");
        JsonObject changed = entries.reversed().get(1);
        assertThat(changed.getJsonObject("before").getInteger("max_payload")).isEqualTo(1000);
        assertThat(changed.getJsonObject("after").getInteger("max_payload")).isEqualTo(2000);
        assertThat(changed.getString("address")).isEqualTo("127.0.0.1");
        assertThat(changed.getString("request_id")).startsWith("req_");
        assertThat(changed.getJsonObject("target").getString("id")).isEqualTo("orders");
        assertThat(changed.getString("project")).isEqualTo("main");
    }

    @Test
    void what_operators_do_to_a_tenant_is_told_by_both_trails() {
        ok(operator.post("/v1/admin/streams", new JsonObject()
                .put("tenant", project.tenant().value())
                .put("storage", "memory")));

        assertThat(entries(admin, "?action=stream.*")).hasSize(1);
        assertThat(entries(operator, "?tenant=~installation&action=stream.created"))
                .anyMatch(entry -> entry.getJsonObject("target")
                        .getString("tenant")
                        .equals(project.tenant().value()));
    }

    @Test
    void a_change_that_did_not_happen_has_no_entry() {
        assertThat(send("DELETE", "/v1/topics/nothing", "").statusCode()).isEqualTo(404);
        created("/v1/consumers", "{\"name\":\"one\",\"topics\":[\"orders\"]}");
        assertThat(admin.post("/v1/consumers", "{\"name\":\"one\",\"topics\":[\"orders\"]}").statusCode())
                .isEqualTo(409);

        assertThat(entries(admin, "?actor=key:" + issued.info().id()))
                .extracting(entry -> entry.getString("action"))
                .containsExactly("consumer.created");
    }

    @Test
    void a_refused_request_appears_in_the_trail_of_its_tenant_and_one_of_nobody_in_that_of_the_installation() {
        Api subscriber = new Api(NODE, project.key());
        assertThat(Api.send(subscriber.request("/v1/admin/keys").build()).statusCode())
                .isEqualTo(403);
        Api nobody = new Api(NODE, "sp_live_" + "0".repeat(60));
        assertThat(Api.send(nobody.request("/v1/admin/keys").build()).statusCode())
                .isEqualTo(401);

        Eventually.await(
                "the refused one of the tenant",
                Duration.ofSeconds(20),
                () -> entries(admin, "?action=access.refused").stream().anyMatch(entry -> entry.getJsonObject("after")
                        .getString("route")
                        .equals("GET /admin/keys")));
        Eventually.await(
                "the refused one of nobody",
                Duration.ofSeconds(20),
                () -> entries(operator, "?tenant=~installation&action=access.refused&actor=nobody").stream()
                        .anyMatch(entry ->
                                entry.getJsonObject("after").getString("code").equals("INVALID_API_KEY")));
    }

    @Test
    void a_tenant_sees_its_own_trail_and_operators_see_all() {
        put("/v1/topics/mine", "{\"max_payload\":1000}");
        TestProject other = NODE.createProject();
        Api stranger = new Api(NODE, other.key(Scope.ADMIN_READ, Scope.ADMIN_WRITE));
        String mine = "?tenant=" + project.tenant().value();

        assertThat(entries(stranger, "?action=topic_rule.*")).isEmpty();
        for (String path : List.of(AUDIT + mine, AUDIT + "/verify" + mine, AUDIT + "/export" + mine)) {
            assertThat(Api.send(stranger.request(path).build()).statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(Api.send(stranger.request(AUDIT + "?tenant=~installation").build())
                        .statusCode())
                .isEqualTo(403);
        assertThat(entries(operator, mine + "&action=topic_rule.*")).hasSize(1);
        assertThat(entries(operator, "?target=topic_rule:mine")).hasSize(1);
    }

    @Test
    void lists_page_without_a_gap() {
        for (int i = 0; i < 7; i++) {
            put("/v1/topics/t" + i, "{\"max_payload\":1000}");
        }
        List<Long> numbers = new ArrayList<>();
        String after = "";
        do {
            JsonObject page = admin.get(AUDIT + "?action=topic_rule.*&limit=3" + (after.isEmpty() ? "" : "&after=" + after));
            page.getJsonArray("items").forEach(item -> numbers.add(((JsonObject) item).getLong("seq")));
            after = page.getString("next", "");
        } while (!after.isEmpty());

        long newest = numbers.getFirst();
        assertThat(numbers)
                .containsExactly(
                        newest, newest - 1, newest - 2, newest - 3, newest - 4, newest - 5, newest - 6);
    }

    @Test
    void the_trail_is_verified_by_the_server_and_its_export_without_one() throws IOException {
        for (int i = 0; i < 5; i++) {
            put("/v1/topics/t" + i, "{\"max_payload\":1000}");
        }
        JsonObject verdict = admin.get(AUDIT + "/verify");
        assertThat(verdict.getBoolean("valid")).as(verdict.encode()).isTrue();
        assertThat(verdict.getLong("last")).isGreaterThanOrEqualTo(5);

        String export = Api.send(admin.request(AUDIT + "/export").build()).body();
        VerifyingKey key = VerifyingKey.parse(
                admin.get(AUDIT + "/keys").getJsonArray("items").getJsonObject(0).getString("public_key"));
        assertThat(verify(export, key).findings()).isEmpty();
        long last = verify(export, key).last();
        assertThat(verify(export, key).vouched()).isEqualTo(last);
        assertThat(verify(export.replace("\"id\":\"t3\"", "\"id\":\"t4\""), key)
                        .findings()
                        .getFirst()
                        .seq())
                .isEqualTo(last - 1);
    }

    @Test
    void operators_erase_what_is_about_somebody() {
        put("/v1/topics/mine", "{\"max_payload\":1000}");
        var wanted = new JsonObject()
                .put("tenant", project.tenant().value())
                .put("who", "key:" + issued.info().id())
                .put("reason", "asked for");

        assertThat(admin.post(AUDIT + "/erase", wanted).statusCode()).isEqualTo(403);
        HttpResponse<String> answer = operator.post(AUDIT + "/erase", wanted);
        assertThat(new JsonObject(answer.body()).getLong("erased")).as(answer.body()).isPositive();

        assertThat(entries(admin, "").getFirst().getString("action")).isEqualTo("audit.erased");
        JsonObject erased = entries(admin, "?action=topic_rule.created").getFirst();
        assertThat(erased.getBoolean("erased")).isTrue();
        assertThat(erased.containsKey("address")).isFalse();
        assertThat(admin.get(AUDIT + "/verify").getBoolean("valid")).isTrue();
    }

    private static Verdict verify(String export, VerifyingKey key) throws IOException {
        return new ExportVerifier(List.of(key)).verify(new BufferedReader(new StringReader(export)));
    }

    private static List<JsonObject> entries(Api api, String query) {
        List<JsonObject> entries = new ArrayList<>();
        JsonObject page = api.get(AUDIT + query);
        assertThat(page.getJsonArray("items")).as(page.encode()).isNotNull();
        page.getJsonArray("items").forEach(item -> entries.add((JsonObject) item));
        return entries;
    }

    private HttpResponse<String> send(String method, String path, String body) {
        return Api.send(admin.request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    private void put(String path, String body) {
        ok(send("PUT", path, body));
    }

    private void delete(String path) {
        ok(send("DELETE", path, ""));
    }

    private JsonObject created(String path, String body) {
        HttpResponse<String> answer = admin.post(path, body);
        ok(answer);
        return new JsonObject(answer.body());
    }

    private static void ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
    }
}
