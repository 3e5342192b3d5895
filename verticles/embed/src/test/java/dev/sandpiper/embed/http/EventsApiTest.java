package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The events API over REST, on a real node. */
class EventsApiTest {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());

    @Test
    void anEventComesBackFromHistoryByteForByte() {
        String data = "{\"b\" : 1.0e3,\n \"a\":[ \"ä\\u00e4\" ]}";
        HttpResponse<String> answer =
                api.post("/v1/events", "{\"topic\":\"x.y:z/ä\",\"event\":\"made\",\"data\":" + data + "}");
        assertThat(answer.statusCode()).isEqualTo(201);
        var receipt = new JsonObject(answer.body());
        String page = Api.send(
                        api.request("/v1/events?topic=" + encode("x.y:z/ä")).build())
                .body();
        assertThat(page).contains("\"data\":" + data);
        JsonObject message = new JsonObject(page).getJsonArray("messages").getJsonObject(0);
        assertThat(message.getString("type")).isEqualTo("message");
        assertThat(message.getString("channel")).isEqualTo("x.y:z/ä");
        assertThat(message.getString("event")).isEqualTo("made");
        assertThat(message.getString("id")).isEqualTo(receipt.getString("id"));
        assertThat(message.getString("cursor")).isEqualTo(receipt.getString("cursor"));
        assertThat(Instant.parse(message.getString("timestamp")))
                .isBefore(Instant.now().plusSeconds(5));
    }

    @Test
    void binaryEventsComeBackAsBase64() {
        byte[] payload = {0, -1, 13, 10};
        HttpResponse<String> answer = Api.send(api.request("/v1/events?topic=blobs")
                .header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofByteArray(payload))
                .build());
        assertThat(answer.statusCode()).isEqualTo(201);
        JsonObject message =
                api.get("/v1/events?topic=blobs").getJsonArray("messages").getJsonObject(0);
        assertThat(Base64.getDecoder().decode(message.getString("data"))).isEqualTo(payload);
        assertThat(message.getString("content_type")).isEqualTo("image/png");
    }

    @Test
    void theSameKeyGivesTheSameReceipt() {
        HttpResponse<String> first = api.publish("t", 1, "Idempotency-Key", "k");
        HttpResponse<String> again = api.publish("t", 1, "Idempotency-Key", "k");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(new JsonObject(again.body())).isEqualTo(new JsonObject(first.body()).put("duplicate", true));
        assertThat(api.publish("t", 2, "Idempotency-Key", "k").body()).contains("IDEMPOTENCY_CONFLICT");
        assertThat(api.publish("u", 1, "Idempotency-Key", "k").body()).contains("IDEMPOTENCY_CONFLICT");
        assertThat(api.get("/v1/events?topic=t").getJsonArray("messages")).hasSize(1);
    }

    @Test
    void keysOfTwoProjectsAreStrangers() {
        var sibling = new Api(node, project.sibling("other").key());
        var stranger = new Api(node, node.createProject().key());
        for (Api each : List.of(api, sibling, stranger)) {
            assertThat(each.publish("t", 1, "Idempotency-Key", "k").statusCode())
                    .isEqualTo(201);
            assertThat(each.get("/v1/events?topic=t").getJsonArray("messages")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBatchKeepsItsOrderAndAnswersEachItem(boolean lines) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            items.add(
                    i % 10 == 7
                            ? "{\"topic\":\"no topic\",\"data\":" + i + "}"
                            : "{\"topic\":\"batch\",\"data\":" + i + "}");
        }
        HttpResponse<String> answer = Api.send(api.request("/v1/events/batch")
                .header("Content-Type", lines ? "application/x-ndjson" : "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        lines ? String.join("\n", items) : "[" + String.join(",", items) + "]"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
        assertThat(results).hasSize(300);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            JsonObject result = results.getJsonObject(i);
            assertThat(result.getInteger("status")).isEqualTo(i % 10 == 7 ? 400 : 201);
            if (i % 10 != 7) {
                ids.add(result.getString("id"));
            }
        }
        assertThat(idsOf(api.get("/v1/events?topic=batch&limit=1000"))).isEqualTo(ids);
    }

    @Test
    void historyPagesAreStableInBothOrders() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            ids.add(new JsonObject(api.publish("pages", i).body()).getString("id"));
        }
        assertThat(pages("asc")).isEqualTo(ids);
        assertThat(pages("desc")).isEqualTo(ids.reversed());
    }

    private List<String> pages(String order) {
        List<String> ids = new ArrayList<>();
        String since = "";
        boolean more = true;
        while (more) {
            JsonObject page = api.get("/v1/events?topic=pages&limit=3&order=" + order + since);
            assertThat(page.getBoolean("recovered")).isTrue();
            ids.addAll(idsOf(page));
            since = "&since=" + page.getString("cursor");
            more = page.getBoolean("more");
        }
        return ids;
    }

    @Test
    void historyBeginsAtATime() {
        api.publish("times", 1);
        JsonObject first =
                api.get("/v1/events?topic=times").getJsonArray("messages").getJsonObject(0);
        String from = encode(first.getString("timestamp"));
        assertThat(idsOf(api.get("/v1/events?topic=times&from=" + from))).containsExactly(first.getString("id"));
        assertThat(idsOf(api.get("/v1/events?topic=times&from=2100-01-01T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void http2WorksWithoutTls() {
        try (HttpClient http2 =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer = Api.send(
                    http2,
                    api.request("/v1/events")
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"topic\":\"h2\",\"data\":1}"))
                            .build());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(201);
        }
    }

    @Test
    void aTicketStandsInForTheKeyOnce() {
        String ticket = new JsonObject(api.post("/v1/tickets", "").body()).getString("ticket");
        HttpRequest request = HttpRequest.newBuilder(node.http().resolve("/v1/events?topic=t&ticket=" + ticket))
                .build();
        assertThat(Api.send(request).statusCode()).isEqualTo(200);
        assertThat(Api.send(request).body()).contains("INVALID_TICKET");
    }

    private static List<String> idsOf(JsonObject page) {
        return page.getJsonArray("messages").stream()
                .map(message -> ((JsonObject) message).getString("id"))
                .toList();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
