package dev.sandpiper.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenancyRoutesTest {
    private static final String TENANTS = "/v1/admin/tenants";
    private static final String PROJECTS = "/v1/admin/projects";
    private static final String KEYS = "/v1/admin/keys";
    private static final AdminServer SERVER = new AdminServer();

    private final String operator = SERVER.key("rival", Scope.PLATFORM_OPERATE);
    private final String admin =
            SERVER.key("acme", Scope.ADMIN_READ, Scope.ADMIN_WRITE, Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void anOperatorMakesChangesAndListsTenants() {
        HttpResponse<String> made = SERVER.post(TENANTS, operator, "{\"name\":\"Corner Shop\",\"plan\":\"pro\"}");

        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonObject tenant = AdminServer.json(made);
        assertThat(tenant.getString("id")).isEqualTo("corner-shop");
        assertThat(tenant.getString("status")).isEqualTo("active");
        assertThat(tenant.getString("plan")).isEqualTo("pro");
        assertError(SERVER.post(TENANTS, operator, "{\"name\":\"Corner shop\"}"), 409, "RESOURCE_EXISTS");
        JsonObject changed = AdminServer.json(
                SERVER.patch(TENANTS + "/corner-shop", operator, "{\"status\":\"past_due\",\"name\":\"Shop\"}"));
        assertThat(changed.getString("status")).isEqualTo("past_due");
        assertThat(changed.getString("name")).isEqualTo("Shop");
        assertThat(changed.getString("plan")).isEqualTo("pro");
        assertThat(AdminServer.json(SERVER.get(TENANTS + "/corner-shop", operator)))
                .isEqualTo(changed);
        assertThat(ids(TENANTS, operator, 1))
                .contains("acme", "rival", "corner-shop")
                .doesNotHaveDuplicates();
    }

    @Test
    void othersSeeTheirOwnTenantAndNoOther() {
        assertThat(AdminServer.json(SERVER.get(TENANTS + "/acme", admin)).getString("id"))
                .isEqualTo("acme");
        assertError(SERVER.get(TENANTS + "/rival", admin), 404, "RESOURCE_NOT_FOUND");
        assertError(SERVER.get(TENANTS, admin), 403, "INSUFFICIENT_SCOPE");
        assertError(SERVER.post(TENANTS, admin, "{\"name\":\"x\"}"), 403, "INSUFFICIENT_SCOPE");
        assertError(SERVER.patch(TENANTS + "/acme", admin, "{\"plan\":\"pro\"}"), 403, "INSUFFICIENT_SCOPE");
        assertError(SERVER.get(PROJECTS + "?tenant=rival", admin), 403, "INSUFFICIENT_SCOPE");
        assertError(SERVER.post(PROJECTS, admin, "{\"name\":\"x\",\"tenant\":\"rival\"}"), 403, "INSUFFICIENT_SCOPE");
    }

    @Test
    void aProjectIsMadeChangedAndTakenAwayWithItsKeys() {
        HttpResponse<String> made = SERVER.post(PROJECTS, admin, "{\"name\":\"Till\",\"limits\":{\"connections\":5}}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(AdminServer.json(made).getString("id")).isEqualTo("till");
        String key = AdminServer.json(SERVER.post(
                        KEYS, admin, "{\"name\":\"k\",\"project\":\"till\",\"scopes\":[\"events:publish\"]}"))
                .getString("key");
        JsonObject changed =
                AdminServer.json(SERVER.patch(PROJECTS + "/till", admin, "{\"limits\":{\"max_message_bytes\":9}}"));
        assertThat(changed.getString("name")).isEqualTo("Till");
        assertThat(changed.getJsonObject("limits")).isEqualTo(new JsonObject().put("max_message_bytes", 9));
        assertThat(ids(PROJECTS, admin, 2)).contains("web", "app", "till").doesNotHaveDuplicates();

        assertThat(SERVER.delete(PROJECTS + "/till", admin).statusCode()).isEqualTo(204);

        Eventually.await(
                "its keys are refused",
                () -> SERVER.get("/v1/admin/whoami", key).statusCode() == 401);
        assertError(SERVER.get(PROJECTS + "/till", admin), 404, "RESOURCE_NOT_FOUND");
        assertError(SERVER.delete(PROJECTS + "/till", admin), 404, "RESOURCE_NOT_FOUND");
        assertError(SERVER.post(PROJECTS, admin, "{\"name\":\"Till\"}"), 409, "RESOURCE_EXISTS");
        assertError(
                SERVER.post(KEYS, admin, "{\"name\":\"k\",\"project\":\"till\",\"scopes\":[\"events:publish\"]}"),
                404,
                "RESOURCE_NOT_FOUND");
        assertThat(ids(PROJECTS, admin, 50)).doesNotContain("till");
    }

    @Test
    void aKeyIsRestrictedChangedAndRotated() {
        JsonObject made = AdminServer.json(SERVER.post(KEYS, admin, """
                {"name":"till","scopes":["events:publish","events:subscribe"],"topics":{"publish":["sales:*"]},
                 "rate_limit_per_sec":50,"allowed_addresses":["127.0.0.0/8"],"allowed_origins":["https://shop.example"]}"""));
        String path = KEYS + "/" + made.getString("id");
        assertThat(made.getJsonObject("topics"))
                .isEqualTo(new JsonObject()
                        .put("publish", new JsonArray().add("sales:*"))
                        .putNull("subscribe"));
        assertThat(made.getInteger("rate_limit_per_sec")).isEqualTo(50);
        assertError(SERVER.get("/v1/admin/whoami", made.getString("key")), 403, "ORIGIN_NOT_ALLOWED");

        JsonObject changed = AdminServer.json(
                SERVER.patch(path, admin, "{\"allowed_origins\":null,\"topics\":{\"subscribe\":[\"prices\"]}}"));

        assertThat(changed.containsKey("allowed_origins")).isFalse();
        assertThat(changed.getJsonObject("topics").encode())
                .isEqualTo("{\"publish\":[\"sales:*\"],\"subscribe\":[\"prices\"]}");
        assertThat(AdminServer.json(SERVER.get(path, admin))).isEqualTo(changed);
        Eventually.await(
                "the key works without an origin",
                () -> SERVER.get("/v1/admin/whoami", made.getString("key")).statusCode() == 200);
        HttpResponse<String> rotated = SERVER.post(path + "/rotate", admin, "{\"grace_seconds\":3600}");
        assertThat(rotated.statusCode()).as(rotated.body()).isEqualTo(201);
        assertThat(AdminServer.json(rotated).getJsonObject("topics")).isEqualTo(changed.getJsonObject("topics"));
        Eventually.await(
                "answers to the old key warn",
                () -> SERVER.get("/v1/admin/whoami", made.getString("key"))
                        .headers()
                        .firstValue("Sandpiper-Key-Expires")
                        .isPresent());
        assertThat(SERVER.get("/v1/admin/whoami", AdminServer.json(rotated).getString("key"))
                        .headers()
                        .firstValue("Sandpiper-Key-Expires"))
                .isEmpty();
        assertThat(AdminServer.json(SERVER.get(path, admin)).getString("replaced_by"))
                .isEqualTo(AdminServer.json(rotated).getString("id"));
        assertError(SERVER.post(path + "/rotate", admin, "{}"), 409, "KEY_ENDED");
        assertError(SERVER.patch(path, admin, "{\"name\":\"x\"}"), 409, "KEY_ENDED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | tenants | {} | 400 | INVALID_PARAMETER",
                "POST | tenants | {'name':''} | 400 | INVALID_PARAMETER",
                "POST | tenants | {'name':'!'} | 400 | INVALID_PARAMETER",
                "POST | tenants | {'name':'a','id':'A b'} | 400 | INVALID_PARAMETER",
                "POST | tenants | {'name':'a','status':'active'} | 400 | INVALID_PARAMETER",
                "POST | tenants | {'name':'a','suspended_at':null} | 400 | INVALID_PARAMETER",
                "POST | tenants | [] | 400 | INVALID_REQUEST",
                "PATCH | tenants/acme | {'status':'suspended'} | 400 | INVALID_PARAMETER",
                "PATCH | tenants/acme | {'id':'other'} | 400 | INVALID_PARAMETER",
                "PATCH | tenants/nobody | {'name':'a'} | 404 | RESOURCE_NOT_FOUND",
                "POST | projects | {'name':'a','limits':{'speed':1}} | 400 | INVALID_PARAMETER",
                "POST | projects | {'name':'a','limits':{'connections':0}} | 400 | INVALID_PARAMETER",
                "POST | projects | {'name':'a','limits':{'connections':'5'}} | 400 | INVALID_PARAMETER",
                "POST | projects | {'name':'a','tenant':'nobody'} | 404 | RESOURCE_NOT_FOUND",
                "PATCH | projects/web | {'tenant':'rival'} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'topics':'a'} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'topics':{'read':[]}} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'topics':['a b**']} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'allowed_addresses':['10.0.0.0/33']} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'allowed_origins':['example.com']} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'rate_limit_per_sec':0} | 400 | INVALID_PARAMETER",
                "POST | keys | {'name':'a','scopes':['events:publish'],'tenant_id':'x'} | 400 | INVALID_PARAMETER",
                "PATCH | keys/0123456789abcdef | {'project':'web'} | 400 | INVALID_PARAMETER",
                "PATCH | keys/0123456789abcdef | {'name':'x'} | 404 | RESOURCE_NOT_FOUND",
                "POST | keys/0123456789abcdef/rotate | {'grace_seconds':-1} | 400 | INVALID_PARAMETER",
                "POST | keys/0123456789abcdef/rotate | {'grace_seconds':7776001} | 400 | INVALID_PARAMETER",
                "POST | keys/0123456789abcdef/rotate | {} | 404 | RESOURCE_NOT_FOUND"
            })
    void whatIsNotUnderstoodIsRefused(String method, String path, String body, int status, String code) {
        String json = body.replace('\'', '"');
        HttpResponse<String> answer = method.equals("POST")
                ? SERVER.post("/v1/admin/" + path, operator, json)
                : SERVER.patch("/v1/admin/" + path, operator, json);

        assertError(answer, status, code);
    }

    private List<String> ids(String path, String key, int limit) {
        List<String> ids = new ArrayList<>();
        String after = "";
        while (after != null) {
            JsonObject page = AdminServer.json(
                    SERVER.get(path + "?limit=" + limit + (after.isEmpty() ? "" : "&after=" + after), key));
            page.getJsonArray("items").forEach(item -> ids.add(((JsonObject) item).getString("id")));
            after = page.getString("next");
        }
        return ids;
    }

    private static void assertError(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(AdminServer.json(response).getJsonObject("error").getString("code"))
                .isEqualTo(code);
    }
}
