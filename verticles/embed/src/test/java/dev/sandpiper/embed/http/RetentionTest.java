package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits, holds, usage and purges, over REST and on a real stream. */
class RetentionTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final TestNode NODE = TestNode.start(
            Map.of("RETENTION_INTERVAL", "200ms", "RETENTION_PLANS", "tiny:max_events=5,free:max_events=1000000"));

    private final TestProject project = NODE.createProject();
    private final String admin = project.key(Scope.ADMIN_READ, Scope.ADMIN_WRITE);
    private final String operator = project.key(Scope.PLATFORM_OPERATE);

    @AfterAll
    static void stop() {
        NODE.close();
    }

    private HttpResponse<String> send(String method, String path, String key, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(NODE.http() + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private JsonObject json(String method, String path, String key, String body) {
        HttpResponse<String> answer = send(method, path, key, body);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        return new JsonObject(answer.body());
    }

    /** @return the cursors */
    private List<String> publish(TestProject to, String topic, int count) {
        List<String> cursors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            cursors.add(json(
                            "POST",
                            "/v1/events",
                            to.key(),
                            new JsonObject().put("topic", topic).put("data", i).encode())
                    .getString("cursor"));
        }
        return cursors;
    }

    private List<Integer> stored(TestProject of, String topic) {
        JsonArray messages = json("GET", "/v1/events?limit=1000&topic=" + topic, of.key(), "")
                .getJsonArray("messages");
        return messages.stream()
                .map(one -> ((JsonObject) one).getInteger("data"))
                .toList();
    }

    @Test
    void theOldestEventsOfAProjectGoAndNobodyElses() {
        TestProject sibling = project.sibling("other");
        List<String> cursors = publish(project, "a", 20);
        publish(sibling, "a", 20);
        json("PUT", "/v1/admin/retention?project=main", admin, "{\"max_events\":7}");
        Eventually.succeeds(
                Duration.ofSeconds(20),
                () -> assertThat(stored(project, "a")).containsExactly(13, 14, 15, 16, 17, 18, 19));
        assertThat(stored(sibling, "a")).hasSize(20);
        JsonObject usage = json("GET", "/v1/usage/storage", admin, "");
        assertThat(usage.getLong("events")).isEqualTo(27);
        assertThat(usage.getBoolean("exact")).isTrue();
        // Whoever fell behind is told, with the place to go on from.
        JsonObject page = json("GET", "/v1/events?topic=a&since=" + cursors.get(3), project.key(), "");
        assertThat(page.getBoolean("recovered")).isFalse();
        assertThat(page.getString("reason")).isEqualTo("trimmed");
        assertThat(page.getString("oldest")).isEqualTo(cursors.get(12));
        JsonObject rest = json("GET", "/v1/events?topic=a&since=" + cursors.get(12), project.key(), "");
        assertThat(rest.getBoolean("recovered")).isTrue();
        assertThat(rest.getJsonArray("messages")).hasSize(7);
    }

    @Test
    void aTenantsLimitHoldsForAllItsProjectsAndIsTheOperatorsToDecide() {
        TestProject sibling = project.sibling("other");
        publish(project, "a", 6);
        publish(sibling, "b", 6);
        assertThat(send("PUT", "/v1/admin/retention", admin, "{\"max_events\":5}")
                        .statusCode())
                .isEqualTo(403);
        json("PUT", "/v1/admin/retention?tenant=" + project.tenant(), operator, "{\"max_events\":5}");
        Eventually.succeeds(Duration.ofSeconds(20), () -> {
            assertThat(stored(project, "a")).isEmpty();
            assertThat(stored(sibling, "b")).containsExactly(1, 2, 3, 4, 5);
        });
        JsonObject limits = json("GET", "/v1/admin/retention", admin, "");
        assertThat(limits.getLong("max_events")).isEqualTo(5);
        assertThat(limits.getJsonObject("plan").getLong("max_events")).isEqualTo(1_000_000);
        assertThat(limits.getJsonObject("effective").getLong("max_events")).isEqualTo(5);
    }

    @Test
    void ageAndBytesAreLimitsToo() {
        publish(project, "a", 10);
        publish(project, "b", 10);
        json("PUT", "/v1/admin/retention?project=main", admin, "{\"max_age\":\"1s\"}");
        Eventually.succeeds(Duration.ofSeconds(20), () -> {
            assertThat(stored(project, "a")).isEmpty();
            assertThat(stored(project, "b")).isEmpty();
        });
        json("PUT", "/v1/admin/retention?project=main", admin, "{\"max_bytes\":2000}");
        publish(project, "c", 40);
        Eventually.succeeds(Duration.ofSeconds(20), () -> {
            JsonObject usage = json("GET", "/v1/usage/storage", admin, "");
            assertThat(usage.getLong("bytes")).isBetween(1_000L, 2_000L);
        });
        assertThat(stored(project, "c")).endsWith(38, 39).doesNotContain(0);
    }

    @Test
    void whatIsHeldStaysUntilItIsReleased() {
        JsonObject hold = json(
                "POST", "/v1/admin/retention/holds", admin, "{\"topics\":\"case.*\",\"reason\":\"a court says so\"}");
        publish(project, "case.1", 5);
        publish(project, "a", 5);
        json("PUT", "/v1/admin/retention?project=main", admin, "{\"max_events\":3}");
        Eventually.succeeds(
                Duration.ofSeconds(20), () -> assertThat(stored(project, "a")).isEmpty());
        assertThat(stored(project, "case.1")).hasSize(5);
        JsonObject purged = json(
                "POST",
                "/v1/admin/streams/purge",
                admin,
                "{\"project\":\"main\",\"topics\":\"*\",\"confirm\":\"main\"}");
        assertThat(purged.getLong("events")).isZero();
        assertThat(purged.getInteger("held_topics")).isEqualTo(1);
        JsonArray holds = json("GET", "/v1/admin/retention/holds", admin, "").getJsonArray("items");
        assertThat(holds).hasSize(1);
        assertThat(send("DELETE", "/v1/admin/retention/holds/" + hold.getString("id"), admin, "")
                        .statusCode())
                .isEqualTo(204);
        Eventually.succeeds(
                Duration.ofSeconds(20),
                () -> assertThat(stored(project, "case.1")).containsExactly(2, 3, 4));
        assertThat(send("DELETE", "/v1/admin/retention/holds/" + hold.getString("id"), admin, "")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aPurgeTellsFirstAndWantsToBeConfirmed() {
        TestProject sibling = project.sibling("other");
        publish(project, "a.1", 4);
        publish(project, "a.2", 4);
        publish(project, "b", 4);
        publish(sibling, "a.1", 4);
        String wanted = "{\"project\":\"main\",\"topics\":\"a.*\",%s}";
        JsonObject dry = json("POST", "/v1/admin/streams/purge", admin, wanted.formatted("\"dry_run\":true"));
        assertThat(dry.getLong("events")).isEqualTo(8);
        assertThat(stored(project, "a.1")).hasSize(4);
        assertThat(send("POST", "/v1/admin/streams/purge", admin, wanted.formatted("\"confirm\":\"other\""))
                        .statusCode())
                .isEqualTo(400);
        JsonObject done = json("POST", "/v1/admin/streams/purge", admin, wanted.formatted("\"confirm\":\"main\""));
        assertThat(done.getLong("events")).isEqualTo(8);
        assertThat(done.getInteger("topics")).isEqualTo(2);
        assertThat(stored(project, "a.1")).isEmpty();
        assertThat(stored(project, "a.2")).isEmpty();
        assertThat(stored(project, "b")).hasSize(4);
        assertThat(stored(sibling, "a.1")).hasSize(4);
    }

    @Test
    void theOperatorSeesTheStreamAndChecksIt() {
        publish(project, "a", 3);
        JsonObject stream = json("GET", "/v1/admin/streams", operator, "")
                .getJsonArray("items")
                .getJsonObject(0);
        assertThat(stream.getString("name")).endsWith("EVENTS");
        assertThat(stream.getLong("events")).isPositive();
        JsonObject check = json("POST", "/v1/admin/streams/check", operator, "");
        assertThat(check.getJsonArray("findings")).as(check.encode()).isEmpty();
        assertThat(json("GET", "/v1/admin/streams/check", operator, "").getString("checked_at"))
                .isEqualTo(check.getString("checked_at"));
        JsonObject first = json("GET", "/v1/admin/streams/usage?limit=1", operator, "");
        assertThat(first.getJsonArray("items")).hasSize(1);
        assertThat(send("GET", "/v1/admin/streams", admin, "").statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT  | /v1/admin/retention?project=main   | {\"max_age\":\"-1s\"}              | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"max_age\":\"soon\"}             | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"max_age\":\"1ms\"}              | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"max_events\":-1}                | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"max_events\":0}                 | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"max_events\":1.5}               | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"max_bytes\":99999999999999999999} | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | {\"maxBytes\":1}                   | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main   | []                                 | 400 | INVALID_REQUEST",
                "PUT  | /v1/admin/retention?project=main   | {\"max_events\":1,                 | 400 | INVALID_JSON",
                "PUT  | /v1/admin/retention?project=a.b    | {}                                 | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=main&x=1 | {}                               | 400 | INVALID_PARAMETER",
                "PUT  | /v1/admin/retention?project=nobody | {}                                 | 404 | RESOURCE_NOT_FOUND",
                "PUT  | /v1/admin/retention                | {\"max_events\":1}                 | 403 | INSUFFICIENT_SCOPE",
                "PUT  | /v1/admin/retention?tenant=other&project=main | {\"max_events\":1}      | 403 | INSUFFICIENT_SCOPE",
                "GET  | /v1/admin/retention?tenant=other   | ''                                 | 403 | INSUFFICIENT_SCOPE",
                "GET  | /v1/usage/storage?tenant=other     | ''                                 | 403 | INSUFFICIENT_SCOPE",
                "POST | /v1/admin/retention/holds          | {\"topics\":\"a*b\",\"reason\":\"x\"} | 400 | INVALID_TOPIC",
                "POST | /v1/admin/retention/holds          | {\"topics\":\"a\"}                 | 400 | INVALID_PARAMETER",
                "POST | /v1/admin/retention/holds          | {\"topics\":\"a\",\"reason\":\" \"} | 400 | INVALID_PARAMETER",
                "POST | /v1/admin/retention/holds          | {\"topics\":\"a\",\"reason\":\"x\",\"project\":\"nobody\"} | 404 | RESOURCE_NOT_FOUND",
                "GET  | /v1/admin/retention/holds?limit=0  | ''                                 | 400 | INVALID_PARAMETER",
                "DELETE | /v1/admin/retention/holds/nobody | ''                                 | 404 | RESOURCE_NOT_FOUND",
                "POST | /v1/admin/streams/purge            | {\"project\":\"main\",\"topics\":\"*\"} | 400 | INVALID_PARAMETER",
                "POST | /v1/admin/streams/purge            | {\"project\":\"main\",\"topics\":\"*\",\"before\":\"yesterday\",\"dry_run\":true} | 400 | INVALID_PARAMETER",
                "POST | /v1/admin/streams/purge            | {\"tenant\":\"other\",\"project\":\"main\",\"topics\":\"*\",\"confirm\":\"main\"} | 403 | INSUFFICIENT_SCOPE",
                "GET  | /v1/admin/streams/usage            | ''                                 | 403 | INSUFFICIENT_SCOPE",
                "POST | /v1/admin/streams/check            | ''                                 | 403 | INSUFFICIENT_SCOPE"
            })
    void badInputIsRefusedWithAStableCode(String method, String path, String body, int status, String code) {
        HttpResponse<String> answer = send(method.strip(), path, admin, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getJsonObject("error").getString("code"))
                .isEqualTo(code);
    }

    @Test
    void whoeverMayOnlyPublishDecidesNothing() {
        for (String path : List.of("/v1/admin/retention", "/v1/usage/storage", "/v1/admin/streams/check")) {
            assertThat(send("GET", path, project.key(), "").statusCode()).isEqualTo(403);
        }
        String billing = project.key(Scope.BILLING_READ);
        assertThat(send("GET", "/v1/usage/storage", billing, "").statusCode()).isEqualTo(200);
    }
}
