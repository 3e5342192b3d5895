package dev.sandpiper.embed.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with issuers and revocations: one stable code each, and nothing of a secret. */
class IssuersBadInputTest {
    private static final String SECRET = "a secret that is long enough for HS256";

    private static Users users;
    private static Users strangers;

    @BeforeAll
    static void start() {
        TestNode node = TestNode.shared();
        users = new Users(node, node.createProject());
        strangers = new Users(node, node.createProject());
    }

    private static JsonObject good() {
        return new JsonObject().put("type", "secret").put("issuer", "another").put("secret", SECRET);
    }

    private static JsonObject jwks(String url) {
        return new JsonObject().put("type", "jwks").put("issuer", "another").put("url", url);
    }

    @TestFactory
    Stream<DynamicTest> ofNewIssuers() {
        Map<String, Map.Entry<String, String>> faults = new LinkedHashMap<>();
        faults.put("nothing", Map.entry("", "INVALID_REQUEST"));
        faults.put("a list", Map.entry("[]", "INVALID_REQUEST"));
        faults.put("a member twice", Map.entry("{\"type\":\"secret\",\"type\":\"jwks\"}", "DUPLICATE_MEMBER"));
        faults.put("no type", invalid(without("type")));
        faults.put("no issuer", invalid(without("issuer")));
        faults.put("a type unknown", invalid(good().put("type", "saml")));
        faults.put("an issuer with a space", invalid(good().put("issuer", "a b")));
        faults.put("an empty issuer", invalid(good().put("issuer", "")));
        faults.put("a secret of 31 bytes", invalid(good().put("secret", "x".repeat(31))));
        faults.put("a secret of a megabyte", invalid(good().put("secret", "x".repeat(2_000))));
        faults.put("a secret and a URL", invalid(good().put("url", "https://example.com/")));
        faults.put("an audience of the platform's", invalid(good().put("audience", "sandpiper:a/b")));
        faults.put("a negative leeway", invalid(good().put("leeway_seconds", -1)));
        faults.put("a leeway of an hour", invalid(good().put("leeway_seconds", 3_600)));
        faults.put("a leeway that is text", invalid(good().put("leeway_seconds", "1")));
        faults.put("a scope of administrators", invalid(good().put("scopes", List.of("admin:write"))));
        faults.put("no scopes", invalid(good().put("scopes", List.of())));
        faults.put(
                "channels that are a list",
                Map.entry(good().put("channels", List.of()).encode(), "INVALID_REQUEST"));
        faults.put("a member unknown", invalid(good().put("algorithm", "none")));
        faults.put("a project that is none", invalid(good().put("project", "NO")));
        faults.put(
                "published keys without a URL",
                invalid(new JsonObject().put("type", "jwks").put("issuer", "x")));
        faults.put(
                "published keys with a secret",
                invalid(jwks("https://example.com/").put("secret", SECRET)));
        faults.put("a URL that is none", invalid(jwks("example.com/keys")));
        faults.put("a URL of a file", invalid(jwks("file:///etc/passwd")));
        faults.put("a URL with a password", invalid(jwks("https://user:pw@example.com/")));
        faults.put(
                "an issuer that is there",
                Map.entry(good().put("issuer", "https://issuer.example").encode(), "ISSUER_EXISTS"));
        faults.put(
                "a project that is not there",
                Map.entry(good().put("project", "nowhere").encode(), "RESOURCE_NOT_FOUND"));
        faults.put(
                "another tenant",
                Map.entry(
                        good().put("tenant", strangers.project.tenant().value())
                                .put("project", "main")
                                .encode(),
                        "INSUFFICIENT_SCOPE"));
        return faults.entrySet().stream()
                .map(fault -> dynamicTest(
                        fault.getKey(),
                        () -> refused(
                                "POST",
                                "/v1/admin/issuers",
                                fault.getValue().getKey(),
                                fault.getValue().getValue())));
    }

    private static Map.Entry<String, String> invalid(JsonObject body) {
        return Map.entry(body.encode(), "INVALID_PARAMETER");
    }

    private static JsonObject without(String member) {
        JsonObject body = good();
        body.remove(member);
        return body;
    }

    @TestFactory
    Stream<DynamicTest> ofWhatIsThere() {
        String mine = "/v1/admin/issuers/" + users.issuer.getString("id");
        String theirs = "/v1/admin/issuers/" + strangers.issuer.getString("id");
        return Stream.of(
                dynamicTest(
                        "a change of the secret",
                        () -> refused("PATCH", mine, "{\"secret\":\"" + SECRET + "\"}", "INVALID_PARAMETER")),
                dynamicTest("a change of nothing", () -> refused("PATCH", mine, "{}", "INVALID_PARAMETER")),
                dynamicTest(
                        "a change of a stranger's",
                        () -> refused("PATCH", theirs, "{\"leeway_seconds\":1}", "RESOURCE_NOT_FOUND")),
                dynamicTest("a look at a stranger's", () -> refused("GET", theirs, "", "RESOURCE_NOT_FOUND")),
                dynamicTest("a deletion of a stranger's", () -> refused("DELETE", theirs, "", "RESOURCE_NOT_FOUND")),
                dynamicTest(
                        "an id that is none", () -> refused("GET", "/v1/admin/issuers/x", "", "RESOURCE_NOT_FOUND")),
                dynamicTest(
                        "a misspelt query",
                        () -> refused("GET", "/v1/admin/issuers?projekt=x", "", "INVALID_PARAMETER")),
                dynamicTest(
                        "a stranger's tenant",
                        () -> refused(
                                "GET", theirs + "?tenant=" + strangers.project.tenant(), "", "INSUFFICIENT_SCOPE")));
    }

    @TestFactory
    Stream<DynamicTest> ofRevocations() {
        Map<String, Map.Entry<String, String>> faults = new LinkedHashMap<>();
        faults.put("nothing named", invalid(new JsonObject()));
        faults.put("both", invalid(new JsonObject().put("token_id", "a").put("user", "b")));
        faults.put(
                "a token until a time",
                invalid(new JsonObject().put("token_id", "a").put("before", "2026-01-01T00:00:00Z")));
        faults.put(
                "a time that is none", invalid(new JsonObject().put("user", "a").put("before", "yesterday")));
        faults.put("a time to come", invalid(new JsonObject().put("user", "a").put("before", "2999-01-01T00:00:00Z")));
        faults.put("an empty user", invalid(new JsonObject().put("user", "")));
        faults.put("a number", invalid(new JsonObject().put("user", 7)));
        faults.put("a member unknown", invalid(new JsonObject().put("jti", "a")));
        faults.put(
                "no project of that name", Map.entry("{\"user\":\"a\",\"project\":\"nowhere\"}", "RESOURCE_NOT_FOUND"));
        return faults.entrySet().stream()
                .map(fault -> dynamicTest(
                        fault.getKey(),
                        () -> refused(
                                "POST",
                                "/v1/admin/tokens/revoke",
                                fault.getValue().getKey(),
                                fault.getValue().getValue())));
    }

    @Test
    void whoMayOnlyReadChangesNothing() {
        String reader = users.project.key(Scope.ADMIN_READ);
        assertThat(Users.outcome(users.ask(reader, "POST", "/v1/admin/issuers", good().encode())))
                .isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(Users.outcome(users.ask(reader, "POST", "/v1/admin/tokens/revoke", "{\"user\":\"a\"}")))
                .isEqualTo("INSUFFICIENT_SCOPE");
        HttpResponse<String> list = users.ask(reader, "GET", "/v1/admin/issuers", "");
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.body()).doesNotContain("\"secret\":\"").doesNotContain(users.issuer.getString("secret"));
    }

    @Test
    void aSecretOfTheCustomersOwnIsNotSaidAgain() {
        HttpResponse<String> made = users.asAdmin("POST", "/v1/admin/issuers", good().put("issuer", "of-their-own"));
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.body()).doesNotContain(SECRET);
    }

    private static void refused(String method, String path, String body, String code) {
        HttpResponse<String> answer = users.asAdminWithText(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499);
        assertThat(Users.outcome(answer)).isEqualTo(code);
        assertThat(answer.body()).doesNotContain(SECRET);
    }
}
