package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Headers of events, on every way in and on every way out. */
class EventHeadersTest {
    private static final String HEADERS = "{\"priority\":\"high\",\"where\":\"50% größer \\\"🎉\\\"\",\"empty\":\"\"}";
    private static final JsonObject EXPECTED = new JsonObject(HEADERS);
    private static final String MEMBERS = "\"topic\":\"t\",\"data\":1,\"headers\":" + HEADERS;

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());

    @Test
    void theyAreTakenOnEveryWayIn() throws Exception {
        int count = 0;
        accepted(api.post("/v1/events", "{" + MEMBERS + "}"));
        assertNewest(++count);
        accepted(api.post("/v1/events/batch", "[{" + MEMBERS + "}]"));
        assertNewest(++count);
        accepted(Api.send(api.request("/v1/events/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{" + MEMBERS + "}\n"))
                .build()));
        assertNewest(++count);
        accepted(api.post("/v1/events/transaction", "[{" + MEMBERS + "},{" + MEMBERS + "}]", "Idempotency-Key", "k"));
        count += 2;
        assertNewest(count);
        accepted(api.post("/v1/events", "{" + MEMBERS + ",\"class\":\"exactly-once\",\"key\":\"once\"}"));
        assertNewest(++count);
        try (var socket = new FrameClient(node.ws(), project.key())) {
            socket.ask("{\"type\":\"message\",\"channel\":\"t\",\"data\":1,\"headers\":" + HEADERS + "}", "published");
        }
        assertNewest(++count);
        accepted(Api.send(api.request("/v1/events?topic=t")
                .header("Content-Type", "image/png")
                .header("Sandpiper-Header-Priority", "high")
                .POST(BodyPublishers.ofString("x"))
                .build()));
        assertThat(newest(++count).getJsonObject("headers")).isEqualTo(new JsonObject().put("priority", "high"));
    }

    @Test
    void theyWaitWithAnEventForLater() {
        Instant time = Instant.now().plusSeconds(2);
        HttpResponse<String> answer = api.post("/v1/events", "{" + MEMBERS + ",\"deliver_at\":\"" + time + "\"}");
        accepted(answer);
        String id = new JsonObject(answer.body()).getString("id");
        assertThat(api.get("/v1/events/scheduled/" + id).getJsonObject("headers"))
                .isEqualTo(EXPECTED);
        Eventually.succeeds(Duration.ofSeconds(30), () -> assertNewest(1));
    }

    @Test
    void theyComeOutOnEveryWay() throws Exception {
        try (var socket = new FrameClient(node.ws(), project.key())) {
            socket.ask("{\"type\":\"subscribe\",\"channel\":\"t\"}", "subscribed");
            accepted(api.post("/v1/events", "{" + MEMBERS + "}"));
            assertThat(socket.ask("{\"type\":\"ping\"}", "message").getJsonObject("headers"))
                    .isEqualTo(EXPECTED);
        }
        assertThat(message("/v1/poll?topics=t&last=1").getJsonObject("headers")).isEqualTo(EXPECTED);
        assertThat(message("/v1/events?topic=t").getJsonObject("headers")).isEqualTo(EXPECTED);
        String lines = Api.send(api.request("/v1/export?topic=t").build()).body();
        assertThat(new JsonObject(lines.lines().toList().getFirst()).getJsonObject("headers"))
                .isEqualTo(EXPECTED);
    }

    @Test
    void anEventWithoutThemSaysNothingOfThem() {
        accepted(api.publish("t", 1));
        accepted(api.post("/v1/events", "{\"topic\":\"t\",\"data\":1,\"headers\":{}}"));
        assertThat(api.get("/v1/events?topic=t").getJsonArray("messages").stream()
                        .map(message -> ((JsonObject) message).containsKey("headers")))
                .containsExactly(false, false);
    }

    @Test
    void filtersSeeThem() {
        accepted(api.publish("t", 1));
        accepted(api.post("/v1/events", "{" + MEMBERS + "}"));
        accepted(api.post("/v1/events", "{\"topic\":\"t\",\"data\":2,\"headers\":{\"priority\":\"low\"}}"));
        Map.of("'priority' in headers", 2, "headers.priority == 'low'", 1, "size(headers) == 0", 1)
                .forEach((filter, count) -> assertThat(api.get("/v1/events?topic=t&filter="
                                        + URLEncoder.encode(filter, StandardCharsets.UTF_8))
                                .getJsonArray("messages"))
                        .as(filter)
                        .hasSize(count));
        assertThat(message("/v1/events?topic=t&filter=headers.priority%3D%3D'high'")
                        .getJsonObject("headers"))
                .isEqualTo(EXPECTED);
    }

    @Test
    void aWorkerGetsThemAndPublishesSomeWithItsAcknowledgement() {
        Workers billing =
                Workers.create(node, project, "billing", new JsonObject().put("topics", new JsonArray().add("t")));
        accepted(api.post("/v1/events", "{" + MEMBERS + "}"));
        JsonObject delivery = billing.fetchOne();
        assertThat(delivery.getJsonObject("message").getJsonObject("headers")).isEqualTo(EXPECTED);
        var output =
                new JsonObject().put("topic", "done").put("data", 1).put("headers", new JsonObject().put("of", "t"));
        accepted(billing.say(
                "ack",
                new JsonObject()
                        .put("token", delivery.getString("token"))
                        .put("publish", new JsonArray().add(output))));
        assertThat(message("/v1/events?topic=done").getJsonObject("headers"))
                .isEqualTo(new JsonObject().put("of", "t"));
    }

    @Test
    void aDeadLetterKeepsThemAndIsRedrivenWithThem() {
        Workers billing =
                Workers.create(node, project, "billing", new JsonObject().put("topics", new JsonArray().add("t")));
        accepted(api.post("/v1/events", "{" + MEMBERS + "}"));
        giveUp(billing.fetchOne(), billing);
        JsonObject letter = letter();
        assertThat(letter.getJsonObject("headers")).isEqualTo(EXPECTED);
        accepted(api.post("/v1/dead-letters/" + letter.getString("id") + "/redrive", "{\"to\":\"consumer\"}"));
        JsonObject again = billing.fetchOne();
        assertThat(again.getJsonObject("message").getJsonObject("headers")).isEqualTo(EXPECTED);
        giveUp(again, billing);
        letter = letter();
        assertThat(letter.getJsonObject("headers")).isEqualTo(EXPECTED);
        accepted(api.post("/v1/dead-letters/" + letter.getString("id") + "/redrive", "{\"to\":\"topic\"}"));
        assertNewest(2);
    }

    private static void giveUp(JsonObject delivery, Workers workers) {
        accepted(workers.say(
                "term",
                new JsonObject().put("token", delivery.getString("token")).put("reason", "broken")));
    }

    private JsonObject letter() {
        JsonArray letters = Eventually.get(
                "a letter",
                Duration.ofSeconds(20),
                () -> api.get("/v1/dead-letters").getJsonArray("items"),
                items -> items.size() == 1);
        return api.get("/v1/dead-letters/" + letters.getJsonObject(0).getString("id"));
    }

    private void assertNewest(int count) {
        assertThat(newest(count).getJsonObject("headers")).isEqualTo(EXPECTED);
    }

    private JsonObject newest(int count) {
        JsonArray messages = api.get("/v1/events?topic=t").getJsonArray("messages");
        assertThat(messages).hasSize(count);
        return messages.getJsonObject(count - 1);
    }

    private JsonObject message(String path) {
        JsonArray messages = api.get(path).getJsonArray("messages");
        assertThat(messages).hasSize(1);
        return messages.getJsonObject(0);
    }

    private static void accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
    }
}
