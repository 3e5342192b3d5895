package dev.sandpiper.embed.topics;

import static dev.sandpiper.embed.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.http.FrameClient;
import dev.sandpiper.embed.topics.RuleApi.Answer;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicRulesTest {
    private static final String NUMBER = "{\"schema\":{\"type\":\"number\"}}";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RuleApi api = new RuleApi(node, project);

    @Test
    void aRuleIsMadeReadChangedListedAndDeleted() {
        String rule = """
                {"schema":{"type":"object"},"class":"durable","dedupe_window":"2d","max_payload":1000,
                 "retention":{"age":"7d","count":100,"bytes":1000000},"ttl":"1h"}""";
        Answer made = api.put("chat:*", rule);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        JsonObject expected = new JsonObject(rule).put("pattern", "chat:*").put("version", 1);
        JsonObject said = made.json();
        said.remove("created_at");
        said.remove("updated_at");
        assertThat(said).isEqualTo(expected);
        assertThat(made.etag()).isEqualTo("\"1\"");

        assertThat(api.rule("chat:*").body()).isEqualTo(made.body());
        assertThat(api.put("chat:*", made.body()).json().getLong("version")).isEqualTo(2);
        assertThat(api.put("a/b+c", "{}").status()).isEqualTo(201);
        assertThat(api.put("ä%2F", "{}").json().getString("pattern")).isEqualTo("ä%2F");
        Answer first = api.get("/v1/topics?limit=2");
        assertThat(patterns(first)).containsExactly("a/b+c", "chat:*");
        assertThat(patterns(api.get("/v1/topics?limit=2&after=chat:*"))).containsExactly("ä%2F");
        assertThat(first.json().getString("next")).isEqualTo("chat:*");

        assertThat(api.delete("chat:*").status()).isEqualTo(204);
        assertThat(api.rule("chat:*").code()).isEqualTo("RESOURCE_NOT_FOUND");
        assertThat(api.delete("chat:*").code()).isEqualTo("RESOURCE_NOT_FOUND");
    }

    @Test
    void aPayloadThatDoesNotFitIsRefusedOnEveryWayIn() throws Exception {
        api.put("t*", NUMBER);
        becomesRefused("{\"topic\":\"t\",\"data\":\"x\"}", "INVALID_EVENT_PAYLOAD");

        Answer refused = api.publish("{\"topic\":\"t1\",\"data\":\"x\"}");
        assertThat(refused.status()).isEqualTo(422);
        JsonObject violation =
                refused.error().getJsonObject("details").getJsonArray("errors").getJsonObject(0);
        assertThat(violation.getString("pointer")).isEmpty();
        assertThat(violation.getString("reason")).isNotBlank();

        JsonArray results = api.batch("[{\"topic\":\"t1\",\"data\":1},{\"topic\":\"t1\",\"data\":\"x\"},"
                        + "{\"topic\":\"free\",\"data\":\"x\"}]")
                .json()
                .getJsonArray("results");
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(201);
        assertThat(results.getJsonObject(1).getInteger("status")).isEqualTo(422);
        assertThat(results.getJsonObject(2).getInteger("status")).isEqualTo(201);

        try (var socket = new FrameClient(node.ws(), api.key())) {
            JsonObject error = socket.ask("{\"type\":\"message\",\"channel\":\"t1\",\"data\":\"x\"}", "error");
            assertThat(error.getString("name")).isEqualTo("INVALID_EVENT_PAYLOAD");
            assertThat(error.getString("code")).isEqualTo("RT_007");
        }

        assertThatThrownBy(() -> await(publish(node, "t1", "\"x\"", null)))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo("INVALID_EVENT_PAYLOAD"));
        assertThatThrownBy(() -> await(publish(node, "t1", "1", "application/octet-stream")))
                .hasMessageContaining("must be JSON");
        assertThat(await(publish(node, "t1", "1", null)).cursor()).isNotNull();

        JsonArray stored = api.get("/v1/events?topic=t1").json().getJsonArray("messages");
        assertThat(stored).hasSize(2);
    }

    @Test
    void theMostSpecificRuleApplies() {
        api.put("*", "{\"max_payload\":1}");
        api.put("orders*", NUMBER);
        api.put("orders.special", "{\"class\":\"ephemeral\"}");
        becomesRefused("{\"topic\":\"orders.x\",\"data\":\"x\"}", "INVALID_EVENT_PAYLOAD");
        becomesRefused("{\"topic\":\"other\",\"data\":12}", "PAYLOAD_TOO_LARGE");
        Eventually.succeeds(SECOND, () -> {
            Answer special = api.publish("{\"topic\":\"orders.special\",\"data\":\"xxx\"}");
            assertThat(special.json().getString("class")).isEqualTo("ephemeral");
        });
        assertThat(api.publish("{\"topic\":\"orders.x\",\"data\":1234}").status())
                .isEqualTo(201);
    }

    @Test
    void theClassOfTheTopicIsThatOfEventsThatNameNone() {
        api.put("once", "{\"class\":\"exactly-once\"}");
        becomesRefused("{\"topic\":\"once\",\"data\":1}", "INVALID_PARAMETER");
        Answer keyed = api.publish("{\"topic\":\"once\",\"data\":1,\"key\":\"k\"}");
        assertThat(keyed.json().getString("class")).isEqualTo("exactly-once");
        Answer weaker = api.publish("{\"topic\":\"once\",\"data\":1,\"key\":\"k2\",\"class\":\"durable\"}");
        assertThat(weaker.code()).isEqualTo("INVALID_PARAMETER");

        api.put("typing", "{\"class\":\"ephemeral\"}");
        Eventually.succeeds(
                SECOND,
                () -> assertThat(api.publish("{\"topic\":\"typing\",\"data\":1}")
                                .json()
                                .getString("class"))
                        .isEqualTo("ephemeral"));
        assertThat(api.publish("{\"topic\":\"typing\",\"data\":1,\"class\":\"durable\"}")
                        .json()
                        .getString("class"))
                .isEqualTo("durable");
    }

    @Test
    void nobodyOverwritesWhatTheyHaveNotSeen() {
        assertThat(api.put("t", "{}", "If-Match", "*").code()).isEqualTo("VERSION_MISMATCH");
        assertThat(api.put("t", "{}", "If-None-Match", "*").status()).isEqualTo(201);
        assertThat(api.put("t", "{}", "If-None-Match", "*").status()).isEqualTo(412);
        assertThat(api.put("t", "{}", "If-Match", "\"1\"").etag()).isEqualTo("\"2\"");
        Answer late = api.put("t", "{\"version\":1}");
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.error().getJsonObject("details").getLong("version")).isEqualTo(2);
        assertThat(api.delete("t", "If-Match", "\"1\"").status()).isEqualTo(412);
        assertThat(api.delete("t", "If-Match", "\"2\"").status()).isEqualTo(204);
        // A version is not used again.
        assertThat(api.put("t", "{}").json().getLong("version")).isGreaterThan(2);
    }

    @Test
    void aDryRunSaysWhatWouldHaveBeenRefusedAndChangesNothing() {
        for (int i = 0; i < 5; i++) {
            api.publish("{\"topic\":\"dry." + i % 2 + "\",\"data\":" + (i < 3 ? i : "\"x\"") + "}");
        }
        Answer report = api.putWith("?dry_run=4&compatibility=backward", "dry.*", NUMBER);
        assertThat(report.status()).as(report.body()).isEqualTo(200);
        assertThat(report.json().getInteger("checked")).isEqualTo(4);
        assertThat(report.json().getInteger("failed")).isEqualTo(2);
        assertThat(report.json().getJsonArray("failures")).hasSize(2);
        assertThat(report.json().getJsonArray("incompatible")).isNotEmpty();
        assertThat(api.putWith("?dry_run=10", "dry.1", "{\"max_payload\":1}")
                        .json()
                        .getInteger("checked"))
                .isEqualTo(2);
        assertThat(api.rule("dry.*").status()).isEqualTo(404);
        assertThat(api.publish("{\"topic\":\"dry.1\",\"data\":\"x\"}").status()).isEqualTo(201);
    }

    @Test
    void aChangeCanBeMadeOnlyIfItIsCompatible() {
        api.put("t", "{\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}}");
        Answer refused = api.putWith("?compatibility=backward", "t", NUMBER);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("INCOMPATIBLE_SCHEMA");
        assertThat(refused.error().getJsonObject("details").getJsonArray("errors"))
                .isNotEmpty();
        assertThat(api.putWith(
                                "?compatibility=backward",
                                "t",
                                "{\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void schemasReferToEachOtherWithinTheProjectOnly() {
        api.put("shared", "{\"schema\":{\"$defs\":{\"id\":{\"type\":\"integer\"}}}}");
        String user = "{\"schema\":{\"properties\":{\"id\":{\"$ref\":\"topic:shared#/$defs/id\"}}}}";
        assertThat(api.put("user", user).status()).isEqualTo(201);
        becomesRefused("{\"topic\":\"user\",\"data\":{\"id\":\"x\"}}", "INVALID_EVENT_PAYLOAD");

        assertThat(api.delete("shared").code()).isEqualTo("SCHEMA_IN_USE");
        assertThat(api.put("shared", "{\"schema\":{\"$defs\":{}}}").code()).isEqualTo("INVALID_SCHEMA");
        assertThat(api.put("shared", "{\"schema\":{\"$defs\":{\"id\":{\"type\":\"string\"}}}}")
                        .status())
                .isEqualTo(200);
        Eventually.succeeds(
                SECOND,
                () -> assertThat(api.publish("{\"topic\":\"user\",\"data\":{\"id\":\"x\"}}")
                                .status())
                        .isEqualTo(201));

        RuleApi stranger = new RuleApi(node, node.createProject());
        assertThat(stranger.put("user", user).code()).isEqualTo("INVALID_SCHEMA");
        assertThat(stranger.rule("shared").status()).isEqualTo(404);
        assertThat(patterns(stranger.get("/v1/topics"))).isEmpty();
    }

    @Test
    void rulesOfOneProjectDoNotConcernAnother() {
        api.put("*", NUMBER);
        becomesRefused("{\"topic\":\"t\",\"data\":\"x\"}", "INVALID_EVENT_PAYLOAD");
        RuleApi sibling = new RuleApi(node, project.sibling("other"));
        assertThat(sibling.publish("{\"topic\":\"t\",\"data\":\"x\"}").status()).isEqualTo(201);
    }

    @Test
    void administrationNeedsItsScopes() {
        RuleApi reader = new RuleApi(node, project.key(Scope.ADMIN_READ));
        RuleApi publisher = new RuleApi(node, project.key());
        assertThat(reader.put("t", "{}").code()).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(reader.delete("t").code()).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(reader.get("/v1/topics").status()).isEqualTo(200);
        assertThat(publisher.get("/v1/topics").code()).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(publisher.rule("t").code()).isEqualTo("INSUFFICIENT_SCOPE");
        assertThat(api.get("/v1/topics?tenant=another&project=main").code()).isEqualTo("INSUFFICIENT_SCOPE");
    }

    private void becomesRefused(String event, String code) {
        Eventually.succeeds(SECOND, () -> assertThat(api.publish(event).code()).isEqualTo(code));
    }

    private Future<PublishReceipt> publish(TestNode on, String topic, String data, @Nullable String contentType) {
        var command = new PublishCommand(
                project.tenant(),
                project.project(),
                new Topic(topic),
                "test",
                data.getBytes(StandardCharsets.UTF_8),
                contentType,
                null,
                null,
                null);
        return on.sandpiper().publisher().publish(command);
    }

    private static Iterable<String> patterns(Answer page) {
        return page.json().getJsonArray("items").stream()
                .map(item -> ((JsonObject) item).getString("pattern"))
                .toList();
    }
}
