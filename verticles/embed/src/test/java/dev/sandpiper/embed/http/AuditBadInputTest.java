package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with a request about the audit trail: one stable code each. */
class AuditBadInputTest {
    private static final String AUDIT = "/v1/admin/audit";

    private static Api reader;
    private static Api publisher;
    private static Api operator;

    @BeforeAll
    static void start() {
        TestNode node = TestNode.shared();
        TestProject project = node.createProject();
        reader = new Api(node, project.key(Scope.ADMIN_READ));
        publisher = new Api(node, project.key(Scope.EVENTS_PUBLISH));
        operator = new Api(node, project.key(Scope.PLATFORM_OPERATE));
    }

    @TestFactory
    Stream<DynamicTest> areRefused() {
        return Stream.of(
                        bad("no right", publisher.request(AUDIT), 403, "INSUFFICIENT_SCOPE"),
                        bad("no right to verify", publisher.request(AUDIT + "/verify"), 403, "INSUFFICIENT_SCOPE"),
                        bad("no right to export", publisher.request(AUDIT + "/export"), 403, "INSUFFICIENT_SCOPE"),
                        bad("no right to the keys", publisher.request(AUDIT + "/keys"), 403, "INSUFFICIENT_SCOPE"),
                        bad("another tenant", reader.request(AUDIT + "?tenant=other"), 403, "INSUFFICIENT_SCOPE"),
                        bad("no tenant", operator.request(AUDIT + "?tenant=A%20B"), 400, "INVALID_PARAMETER"),
                        bad("no limit", reader.request(AUDIT + "?limit=0"), 400, "INVALID_PARAMETER"),
                        bad("a huge limit", reader.request(AUDIT + "?limit=501"), 400, "INVALID_PARAMETER"),
                        bad("no time", reader.request(AUDIT + "?from=yesterday"), 400, "INVALID_PARAMETER"),
                        bad("no position", reader.request(AUDIT + "?after=x"), 400, "INVALID_PARAMETER"),
                        bad("unknown", reader.request(AUDIT + "?actors=key"), 400, "INVALID_PARAMETER"),
                        bad("unknown to verify", reader.request(AUDIT + "/verify?x=1"), 400, "INVALID_PARAMETER"),
                        bad("no right to erase", erase(reader, "{}"), 403, "INSUFFICIENT_SCOPE"),
                        bad("no JSON", erase(operator, "nonsense"), 400, "INVALID_JSON"),
                        bad("no object", erase(operator, "[]"), 400, "INVALID_REQUEST"),
                        bad("nothing said", erase(operator, "{}"), 400, "INVALID_PARAMETER"),
                        bad("no reason", erase(operator, "{\"tenant\":\"a\",\"who\":\"b\"}"), 400, "INVALID_PARAMETER"),
                        bad("nobody", erase(operator, "{\"tenant\":\"a\",\"reason\":\"b\"}"), 400, "INVALID_PARAMETER"),
                        bad(
                                "a number",
                                erase(operator, "{\"tenant\":1,\"reason\":\"b\",\"who\":\"c\"}"),
                                400,
                                "INVALID_PARAMETER"),
                        bad(
                                "unknown in the body",
                                erase(operator, "{\"tenant\":\"a\",\"reason\":\"b\",\"who\":\"c\",\"x\":1}"),
                                400,
                                "INVALID_PARAMETER"))
                .map(one -> dynamicTest(one.what(), one::check));
    }

    private static HttpRequest.Builder erase(Api api, String body) {
        return api.request(AUDIT + "/erase")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }
}
