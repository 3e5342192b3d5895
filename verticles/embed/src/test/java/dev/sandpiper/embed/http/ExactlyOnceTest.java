package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics of class exactly-once whose keys outlive JetStream's window, which is a second here, and their node. */
class ExactlyOnceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Map<String, String> settings;
    private static TestNode node;
    private TestProject project;
    private Api api;

    @BeforeAll
    static void start() {
        settings = Map.of(
                "NATS_DEDUPE_WINDOW",
                "1s",
                "DATABASE_URL",
                PostgresFixture.shared().createDatabase().url(),
                "NATS_NAMESPACE",
                NatsFixture.shared().namespace());
        node = TestNode.start(settings);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void rule() {
        project = node.createProject();
        api = new Api(node, project.key());
        rule("once", "{\"class\":\"exactly-once\",\"dedupe_window\":\"1h\"}");
        rule("short", "{\"class\":\"exactly-once\",\"dedupe_window\":\"3s\"}");
    }

    @Test
    void theFirstCursorIsToldAfterJetStreamsWindowAndAfterARestart() {
        JsonObject first = stored("once", 1, "k");
        assertThat(first.getString("class")).isEqualTo("exactly-once");
        assertThat(first.getBoolean("duplicate")).isFalse();
        JsonObject again = first.copy().put("duplicate", true);
        assertThat(stored("once", 1, "k")).isEqualTo(again);
        outliveTheWindow();
        assertThat(stored("once", 1, "k")).isEqualTo(again);
        assertConflict(publish("once", 2, "k"));

        node.close();
        node = TestNode.start(settings);
        api = new Api(node, project.key());
        assertThat(stored("once", 1, "k")).isEqualTo(again);
        assertConflict(publish("once", 2, "k"));
        assertThat(count("once")).isEqualTo(1);
    }

    @Test
    void aPlainTopicForgetsWithJetStream() {
        JsonObject first = stored("plain", 1, "k");
        outliveTheWindow();
        JsonObject second = stored("plain", 1, "k");
        assertThat(second.getBoolean("duplicate")).isFalse();
        assertThat(second.getString("cursor")).isNotEqualTo(first.getString("cursor"));
    }

    @Test
    void theWindowOfTheRuleEndsToo() {
        stored("short", 1, "k");
        Eventually.await(
                "it is forgotten", PATIENCE, () -> !stored("short", 1, "k").getBoolean("duplicate"));
    }

    @Test
    void aKeyIsRequiredOnEveryWayIn() throws Exception {
        HttpResponse<String> refused = api.publish("once", 1);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("INVALID_PARAMETER").contains("\"key\"");
        JsonArray results = new JsonObject(api.post(
                                "/v1/events/batch",
                                "[{\"topic\":\"once\",\"data\":1},{\"topic\":\"once\",\"data\":2,\"key\":\"k\"}]")
                        .body())
                .getJsonArray("results");
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(400);
        assertThat(results.getJsonObject(1).getInteger("status")).isEqualTo(201);
        HttpResponse<String> whole = api.post("/v1/events/transaction", "[{\"topic\":\"once\",\"data\":1}]");
        assertThat(whole.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(whole.body())
                        .getJsonObject("error")
                        .getJsonObject("details")
                        .getInteger("index"))
                .isZero();
        try (var socket = new FrameClient(node.ws(), project.key())) {
            JsonObject error = socket.ask("{\"type\":\"message\",\"channel\":\"once\",\"data\":1}", "error");
            assertThat(error.getString("name")).isEqualTo("INVALID_PARAMETER");
        }
        assertThat(count("once")).isEqualTo(1);
    }

    @Test
    void aSocketIsToldTheFirstCursorToo() throws Exception {
        String first = stored("once", 1, "k").getString("cursor");
        outliveTheWindow();
        try (var socket = new FrameClient(node.ws(), project.key())) {
            JsonObject again =
                    socket.ask("{\"type\":\"message\",\"channel\":\"once\",\"data\":1,\"key\":\"k\"}", "published");
            assertThat(again.getString("cursor")).isEqualTo(first);
            assertThat(again.getBoolean("duplicate")).isTrue();
        }
    }

    @Test
    void aTransactionIsRememberedAsAWhole() {
        String events = "[{\"topic\":\"once\",\"data\":1},{\"topic\":\"plain\",\"data\":2}]";
        JsonArray first = committed(events);
        outliveTheWindow();
        JsonArray again = committed(events);
        for (int i = 0; i < 2; i++) {
            assertThat(again.getJsonObject(i))
                    .isEqualTo(first.getJsonObject(i).copy().put("duplicate", true));
        }
        assertThat(count("once")).isEqualTo(1);
        assertThat(count("plain")).isEqualTo(1);
    }

    private JsonArray committed(String events) {
        HttpResponse<String> answer = api.post("/v1/events/transaction", events, "Idempotency-Key", "t");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new JsonObject(answer.body()).getJsonArray("receipts");
    }

    /** JetStream has forgotten whatever was stored before. */
    private void outliveTheWindow() {
        stored("canary", 1, "canary");
        Eventually.await(
                "the window is over",
                PATIENCE,
                () -> !stored("canary", 1, "canary").getBoolean("duplicate"));
    }

    private void rule(String topic, String rule) {
        HttpRequest request = new Api(node, project.key(Scope.ADMIN_WRITE))
                .request("/v1/topics/" + topic)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(rule))
                .build();
        assertThat(Api.send(request).statusCode()).isEqualTo(201);
    }

    private HttpResponse<String> publish(String topic, int data, String key) {
        return api.publish(topic, data, "Idempotency-Key", key);
    }

    private JsonObject stored(String topic, int data, String key) {
        HttpResponse<String> answer = publish(topic, data, key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new JsonObject(answer.body());
    }

    private static void assertConflict(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("IDEMPOTENCY_CONFLICT");
    }

    private int count(String topic) {
        return api.get("/v1/events?topic=" + topic).getJsonArray("messages").size();
    }
}
