package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestCluster;
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
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events for later: listed, inspected and cancelled over REST, published once by whichever node is the one. */
class SchedulesTest {
    private static final String SCHEDULED = "/v1/events/scheduled";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<String, String> QUICK =
            Map.of("SCHEDULES_POLL_INTERVAL", "50ms", "SCHEDULES_TAKE_OVER_INTERVAL", "200ms");

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());

    @Test
    void anEventForLaterIsListedAndPublishedOnceAtItsTime() {
        Instant time = Instant.now().plusSeconds(2);
        String event =
                "{\"topic\":\"later\",\"event\":\"due\",\"data\":{\"n\":7},\"key\":\"k\",\"ttl\":\"1h\",\"deliver_at\":\""
                        + time + "\"}";
        JsonObject agreed = scheduled(api, event);
        String id = agreed.getString("id");
        assertThat(Instant.parse(agreed.getString("deliver_at"))).isBetween(time.minusMillis(1), time);
        assertThat(scheduled(api, event)).isEqualTo(agreed.copy().put("duplicate", true));
        assertThat(messages(api, "later")).isEmpty();

        JsonObject item = items(api).getJsonObject(0);
        assertThat(item.getString("id")).isEqualTo(id);
        assertThat(item.getString("topic")).isEqualTo("later");
        assertThat(item.getString("state")).isEqualTo("waiting");
        assertThat(item.containsKey("data")).isFalse();
        JsonObject whole = api.get(SCHEDULED + "/" + id);
        assertThat(whole.getJsonObject("data")).isEqualTo(new JsonObject().put("n", 7));
        assertThat(whole.getString("ttl")).isEqualTo("3600s");

        awaitPublished(api, id);
        JsonObject message = messages(api, "later").getJsonObject(0);
        assertThat(message.getString("event")).isEqualTo("due");
        assertThat(message.getJsonObject("data")).isEqualTo(new JsonObject().put("n", 7));
        assertThat(Instant.parse(message.getString("timestamp"))).isAfterOrEqualTo(time.minusMillis(5));
        assertThat(items(api)).isEmpty();
        assertThat(api.get(SCHEDULED + "/" + id).getString("ended_at")).isNotNull();
        assertThat(scheduled(api, event).getBoolean("duplicate"))
                .as("the key is remembered after its time")
                .isTrue();
        assertThat(messages(api, "later")).hasSize(1);
    }

    @Test
    void aBinaryEventKeepsItsBytes() {
        HttpResponse<String> answer = Api.send(
                api.request("/v1/events?topic=blobs&deliver_at=" + Instant.now().plusSeconds(1))
                        .header("Content-Type", "image/png")
                        .POST(BodyPublishers.ofByteArray(new byte[] {1, 2, (byte) 255}))
                        .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String id = new JsonObject(answer.body()).getString("id");
        JsonObject whole = api.get(SCHEDULED + "/" + id);
        assertThat(Base64.getDecoder().decode(whole.getString("data"))).containsExactly(1, 2, 255);
        assertThat(whole.getString("content_type")).isEqualTo("image/png");
        awaitPublished(api, id);
        JsonObject message = messages(api, "blobs").getJsonObject(0);
        assertThat(Base64.getDecoder().decode(message.getString("data"))).containsExactly(1, 2, 255);
        assertThat(message.getString("content_type")).isEqualTo("image/png");
    }

    @Test
    void aCancelledEventIsNeverPublished() {
        Instant time = Instant.now().plusSeconds(1);
        String cancelled = scheduled(api, at(time, 1)).getString("id");
        String kept = scheduled(api, at(time.plusMillis(200), 2)).getString("id");
        assertThat(cancel(api, cancelled)).isEqualTo(204);
        assertThat(cancel(api, cancelled)).isEqualTo(404);
        awaitPublished(api, kept);
        assertThat(messages(api, "t")).hasSize(1);
        assertThat(messages(api, "t").getJsonObject(0).getInteger("data")).isEqualTo(2);
        assertThat(api.get(SCHEDULED + "/" + cancelled).getString("state")).isEqualTo("cancelled");
        assertThat(cancel(api, kept)).as("it is published already").isEqualTo(404);
    }

    @Test
    void anotherProjectNeitherSeesNorCancelsIt() {
        String id = scheduled(api, at(Instant.now().plusSeconds(3_600), 1)).getString("id");
        var stranger = new Api(node, node.createProject().key());
        assertThat(cancel(stranger, id)).isEqualTo(404);
        assertThat(stranger.get(SCHEDULED + "/" + id).getJsonObject("error").getString("code"))
                .isEqualTo("RESOURCE_NOT_FOUND");
        assertThat(items(stranger)).isEmpty();
        assertThat(cancel(api, id)).isEqualTo(204);
        assertThat(items(api)).isEmpty();
    }

    @Test
    void whatTheRuleOfItsTopicRefusesByThenStaysAsFailed() {
        String id = scheduled(api, at(Instant.now().plusSeconds(2), 1)).getString("id");
        var admin = new Api(node, project.key(Scope.ADMIN_WRITE));
        HttpRequest rule = admin.request("/v1/topics/t")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"schema\":{\"type\":\"string\"}}"))
                .build();
        assertThat(Api.send(rule).statusCode()).isEqualTo(201);
        Eventually.await("it has failed", PATIENCE, () -> state(api, id).equals("failed"));
        assertThat(items(api).getJsonObject(0).getString("error")).isEqualTo("INVALID_EVENT_PAYLOAD");
        assertThat(messages(api, "t")).isEmpty();
        assertThat(cancel(api, id)).isEqualTo(204);
        assertThat(items(api)).isEmpty();
        HttpResponse<String> refused = api.post("/v1/events", at(Instant.now().plusSeconds(3_600), 1));
        assertThat(refused.statusCode()).as("the rule of now counts too").isEqualTo(422);
    }

    @Test
    void aRestartKeepsWhatWaitsAndCatchesUpWithWhatBecameDue() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DATABASE_URL", PostgresFixture.shared().createDatabase().url());
        settings.put("NATS_NAMESPACE", NatsFixture.shared().namespace());
        TestProject own;
        String missed;
        String later;
        Instant time = Instant.now().plusSeconds(5);
        try (TestNode first = TestNode.start(settings)) {
            own = first.createProject();
            var before = new Api(first, own.key());
            missed = scheduled(before, at(time, 1)).getString("id");
            later = scheduled(before, at(time.plusSeconds(3_600), 2)).getString("id");
        }
        Eventually.await(
                "its time passes while no node is there",
                PATIENCE,
                () -> Instant.now().isAfter(time));
        try (TestNode second = TestNode.start(settings)) {
            var after = new Api(second, own.key());
            awaitPublished(after, missed);
            assertThat(messages(after, "t")).hasSize(1);
            assertThat(items(after)).hasSize(1);
            assertThat(items(after).getJsonObject(0).getString("id")).isEqualTo(later);
        }
    }

    @Test
    void oneOfTwoNodesPublishesAndTheOtherTakesOver() {
        try (TestCluster cluster = TestCluster.start(QUICK, List.of(Map.of(), Map.of()))) {
            TestProject own = cluster.createProject();
            Eventually.await("one of them is the one", PATIENCE, () -> owners(cluster) == 1);
            int first = isOwner(cluster.node(0)) ? 0 : 1;
            var other = new Api(cluster.node(1 - first), own.key());
            String early =
                    scheduled(other, at(Instant.now().plusMillis(500), 1)).getString("id");
            awaitPublished(other, early);
            assertThat(owners(cluster)).isEqualTo(1);
            assertThat(isOwner(cluster.node(first))).isTrue();

            String late = scheduled(other, at(Instant.now().plusMillis(500), 2)).getString("id");
            TestNode.await(cluster.node(first).sandpiper().shutdown());
            awaitPublished(other, late);
            assertThat(isOwner(cluster.node(1 - first))).isTrue();
            assertThat(messages(other, "t")).hasSize(2);
        }
    }

    private static int owners(TestCluster cluster) {
        return (isOwner(cluster.node(0)) ? 1 : 0) + (isOwner(cluster.node(1)) ? 1 : 0);
    }

    private static boolean isOwner(TestNode node) {
        return Api.send(HttpRequest.newBuilder(node.management().resolve("/metrics"))
                        .build())
                .body()
                .lines()
                .anyMatch(line -> line.startsWith("sandpiper_schedules_owner") && line.endsWith(" 1.0"));
    }

    private static String at(Instant time, int data) {
        return "{\"topic\":\"t\",\"data\":" + data + ",\"deliver_at\":\"" + time + "\"}";
    }

    private static JsonObject scheduled(Api caller, String event) {
        HttpResponse<String> answer = caller.post("/v1/events", event);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return new JsonObject(answer.body());
    }

    private static void awaitPublished(Api caller, String id) {
        Eventually.await("it is published", PATIENCE, () -> state(caller, id).equals("published"));
    }

    private static String state(Api caller, String id) {
        return caller.get(SCHEDULED + "/" + id).getString("state");
    }

    private static int cancel(Api caller, String id) {
        return Api.send(caller.request(SCHEDULED + "/" + id).DELETE().build()).statusCode();
    }

    private static JsonArray items(Api caller) {
        return caller.get(SCHEDULED).getJsonArray("items");
    }

    private static JsonArray messages(Api caller, String topic) {
        return caller.get("/v1/events?topic=" + topic).getJsonArray("messages");
    }
}
