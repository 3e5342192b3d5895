package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Dead letters over REST, on a real node. */
class DeadLettersApiTest {
    private static final String PATH = "/v1/dead-letters";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());
    private final String name = "billing-" + NUMBERS.incrementAndGet();
    private FailingConsumer consumer;

    @BeforeEach
    void makeConsumer() {
        consumer = new FailingConsumer(node, project, name);
    }

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void aLetterSaysEverythingAboutItsEventAndItsFailure() {
        JsonObject receipt = new JsonObject(
                api.publish("orders.new", new JsonObject().put("total", 7)).body());
        consumer.terminate(1, "no such customer");

        JsonObject item = await(1).getJsonObject(0);

        assertThat(item.getString("consumer")).isEqualTo(name);
        assertThat(item.getString("reason")).isEqualTo("terminated");
        assertThat(item.getString("last_error")).isEqualTo("no such customer");
        assertThat(item.getInteger("attempts")).isEqualTo(1);
        assertThat(item.getString("topic")).isEqualTo("orders.new");
        assertThat(item.getString("event_id")).isEqualTo(receipt.getString("id"));
        assertThat(item.getString("cursor")).isEqualTo(receipt.getString("cursor"));
        assertThat(item.getString("failed_at")).endsWith("Z");
        assertThat(item.containsKey("data")).isFalse();
        JsonObject letter = api.get(PATH + "/" + item.getString("id"));
        assertThat(letter.getJsonObject("data")).isEqualTo(new JsonObject().put("total", 7));
        assertThat(letter.getJsonObject("headers")).isEqualTo(new JsonObject());
        assertThat(letter.getJsonObject("nats_headers").getString("Sp-Id")).isEqualTo(receipt.getString("id"));
        assertThat(letter.getMap()).containsAllEntriesOf(item.getMap());
    }

    @Test
    void binaryDataIsShownInBase64() {
        Api.send(api.request("/v1/events?topic=files")
                .header("Content-Type", "application/x-thing")
                .POST(BodyPublishers.ofByteArray(new byte[] {0, 1, (byte) 0xff}))
                .build());
        consumer.terminate(1, "broken");

        JsonObject letter = api.get(PATH + "/" + await(1).getJsonObject(0).getString("id"));

        assertThat(letter.getString("data")).isEqualTo("AAH/");
        assertThat(letter.getString("encoding")).isEqualTo("base64");
        assertThat(letter.getString("content_type")).isEqualTo("application/x-thing");
    }

    @Test
    void pagesRepeatAndSkipNothing() {
        fail(7);
        List<String> all = ids(await(7));

        List<String> seen = new ArrayList<>();
        String next = "";
        int pages = 0;
        while (next != null) {
            JsonObject page = api.get(PATH + "?limit=3" + (next.isEmpty() ? "" : "&after=" + next));
            seen.addAll(ids(page.getJsonArray("items")));
            next = page.getString("next");
            pages++;
        }

        assertThat(seen).isEqualTo(all).doesNotHaveDuplicates();
        assertThat(pages).isEqualTo(3);
        assertThat(api.get(PATH + "?limit=7").getString("next")).isNull();
    }

    @Test
    void aLetterRedrivenToItsTopicIsPublishedOnceMoreAndGone() {
        fail(1);
        String id = await(1).getJsonObject(0).getString("id");

        HttpResponse<String> answer = api.post(PATH + "/" + id + "/redrive", "{\"to\":\"topic\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonObject redriven = new JsonObject(answer.body());
        JsonArray history = api.get("/v1/events?topic=orders").getJsonArray("messages");
        assertThat(history).hasSize(2);
        assertThat(history.getJsonObject(1).getString("cursor")).isEqualTo(redriven.getString("cursor"));
        assertThat(history.getJsonObject(1).getValue("data")).isEqualTo(0);
        assertThat(api.get(PATH).getJsonArray("items")).isEmpty();
        assertThat(api.post(PATH + "/" + id + "/redrive", "{\"to\":\"topic\"}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aLetterRedrivenToItsConsumerReachesNobodyElse() {
        fail(1);
        JsonObject letter = await(1).getJsonObject(0);

        HttpResponse<String> answer =
                api.post(PATH + "/" + letter.getString("id") + "/redrive", "{\"to\":\"consumer\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()).getString("consumer")).isEqualTo(name);
        List<Message> again = consumer.fetch(1);
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().getHeaders().getFirst("Sp-Id")).isEqualTo(letter.getString("event_id"));
        assertThat(api.get("/v1/events?topic=orders").getJsonArray("messages")).hasSize(1);
        assertThat(api.get(PATH).getJsonArray("items")).isEmpty();
    }

    @Test
    void whatAWorkerGivesUpIsRedrivenToItsConsumerAlsoAfterAReset() {
        var settings = new JsonObject().put("topics", new JsonArray().add("orders"));
        Workers billing = Workers.create(node, project, "workers", settings);
        JsonObject receipt = new JsonObject(api.publish("orders", 7).body());
        String id = receipt.getString("id");
        billing.say(
                "term",
                new JsonObject()
                        .put("token", billing.fetchOne().getString("token"))
                        .put("reason", "broken"));
        JsonObject letter = await(1).getJsonObject(0);
        assertThat(letter.getString("consumer")).isEqualTo("workers");
        assertThat(letter.getString("last_error")).isEqualTo("broken");

        assertThat(redriveToConsumer(letter).statusCode()).isEqualTo(200);
        JsonObject again = billing.fetchOne();
        assertThat(again.getJsonObject("message").getString("id")).isEqualTo(id);
        billing.say(
                "term", new JsonObject().put("token", again.getString("token")).put("reason", "still broken"));
        JsonObject second = await(1).getJsonObject(0);
        assertThat(second.getString("last_error")).isEqualTo("still broken");
        HttpResponse<String> reset =
                billing.change("reset", new JsonObject().put("cursor", receipt.getString("cursor")));
        assertThat(reset.statusCode()).as(reset.body()).isEqualTo(200);

        Eventually.succeeds(
                Eventually.PATIENCE,
                () -> assertThat(redriveToConsumer(second).statusCode()).isEqualTo(200));
        JsonObject third = billing.fetchOne();
        assertThat(third.getJsonObject("message").getString("id")).isEqualTo(id);
        billing.acknowledge(third);
        assertThat(api.get("/v1/events?topic=orders").getJsonArray("messages")).hasSize(1);
    }

    private HttpResponse<String> redriveToConsumer(JsonObject letter) {
        return api.post(PATH + "/" + letter.getString("id") + "/redrive", "{\"to\":\"consumer\"}");
    }

    @Test
    void whatFailsAgainIsALetterAgain() {
        fail(1);
        String id = await(1).getJsonObject(0).getString("id");
        api.post(PATH + "/" + id + "/redrive", "{\"to\":\"consumer\"}");

        consumer.terminate(1, "still broken");

        JsonObject again = await(1).getJsonObject(0);
        assertThat(again.getString("id")).isNotEqualTo(id);
        assertThat(again.getString("last_error")).isEqualTo("still broken");
        assertThat(again.getString("topic")).isEqualTo("orders");
    }

    @Test
    void manyAreRedrivenStepByStepInTheirOrder() {
        fail(5);
        List<Object> expected = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        ids(await(5)).forEach(id -> expected.add(api.get(PATH + "/" + id).getValue("data")));

        int done = 0;
        String after = null;
        List<Long> remaining = new ArrayList<>();
        do {
            JsonObject body =
                    new JsonObject().put("to", "topic").put("topic", "orders").put("limit", 2);
            if (after != null) {
                body.put("after", after);
            }
            JsonObject swept = new JsonObject(api.post(PATH + "/redrive", body).body());
            done += swept.getInteger("redriven");
            remaining.add(swept.getLong("remaining"));
            assertThat(swept.getJsonArray("failed")).isEmpty();
            after = swept.getString("next");
        } while (after != null);

        assertThat(done).isEqualTo(5);
        assertThat(remaining).containsExactly(3L, 1L, 0L);
        assertThat(api.get("/v1/events?topic=orders").getJsonArray("messages").stream()
                        .map(message -> ((JsonObject) message).getValue("data"))
                        .toList())
                .isEqualTo(expected);
        assertThat(api.get(PATH).getJsonArray("items")).isEmpty();
    }

    @Test
    void oneIsDiscardedAndMany() {
        fail(4);
        List<String> all = ids(await(4));

        assertThat(delete("/" + all.getFirst()).statusCode()).isEqualTo(204);
        assertThat(delete("/" + all.getFirst()).statusCode()).isEqualTo(404);
        assertThat(ids(api.get(PATH).getJsonArray("items"))).isEqualTo(all.subList(1, 4));
        assertThat(new JsonObject(delete("?topic=nothing").body()).getInteger("discarded"))
                .isZero();
        assertThat(new JsonObject(delete("?consumer=" + name).body()).getInteger("discarded"))
                .isEqualTo(3);
        assertThat(api.get(PATH).getJsonArray("items")).isEmpty();
        assertThat(new JsonObject(delete("?all=true").body()).getInteger("discarded"))
                .isZero();
    }

    @Test
    void anotherTenantsAndAnotherProjectsLettersAreNotThere() {
        fail(1);
        String id = await(1).getJsonObject(0).getString("id");
        for (TestProject other : List.of(node.createProject(), project.sibling("other"))) {
            var stranger = new Api(node, other.key());
            assertThat(stranger.get(PATH).getJsonArray("items")).isEmpty();
            bad("it", stranger.request(PATH + "/" + id), 404, "RESOURCE_NOT_FOUND")
                    .check();
            bad("to discard it", stranger.request(PATH + "/" + id).DELETE(), 404, "RESOURCE_NOT_FOUND")
                    .check();
            bad(
                            "to redrive it",
                            stranger.request(PATH + "/" + id + "/redrive")
                                    .POST(BodyPublishers.ofString("{\"to\":\"topic\"}")),
                            404,
                            "RESOURCE_NOT_FOUND")
                    .check();
            bad("to go on after it", stranger.request(PATH + "?after=" + id), 400, "INVALID_PARAMETER")
                    .check();
            assertThat(new JsonObject(stranger.post(PATH + "/redrive", "{\"to\":\"topic\"}")
                                    .body())
                            .getInteger("redriven"))
                    .isZero();
        }
        assertThat(api.get(PATH).getJsonArray("items")).hasSize(1);
    }

    @TestFactory
    Stream<DynamicTest> badInput() {
        var reader = new Api(node, project.key(Scope.EVENTS_SUBSCRIBE));
        var writer = new Api(node, project.key(Scope.EVENTS_PUBLISH));
        String cursor = new JsonObject(api.publish("t", 1).body()).getString("cursor");
        List<BadRequest> table = new ArrayList<>(List.of(
                bad("no key", HttpRequest.newBuilder(node.http().resolve(PATH)), 401, "MISSING_CREDENTIALS"),
                bad("a list without the scope", writer.request(PATH), 403, "INSUFFICIENT_SCOPE"),
                bad("a letter without the scope", writer.request(PATH + "/x"), 403, "INSUFFICIENT_SCOPE"),
                bad("discarding without the scope", reader.request(PATH + "/x").DELETE(), 403, "INSUFFICIENT_SCOPE"),
                bad(
                        "discarding many without the scope",
                        reader.request(PATH + "?all=true").DELETE(),
                        403,
                        "INSUFFICIENT_SCOPE"),
                bad("redriving without the scope", post(reader, "/x/redrive", "{}"), 403, "INSUFFICIENT_SCOPE"),
                bad("redriving many without the scope", post(reader, "/redrive", "{}"), 403, "INSUFFICIENT_SCOPE"),
                bad("an unknown letter", api.request(PATH + "/nonsense"), 404, "RESOURCE_NOT_FOUND"),
                bad("an event's cursor as a letter", api.request(PATH + "/" + cursor), 404, "RESOURCE_NOT_FOUND"),
                bad(
                        "discarding an unknown letter",
                        api.request(PATH + "/nonsense").DELETE(),
                        404,
                        "RESOURCE_NOT_FOUND"),
                bad(
                        "redriving an unknown letter",
                        post(api, "/nonsense/redrive", "{\"to\":\"topic\"}"),
                        404,
                        "RESOURCE_NOT_FOUND"),
                bad("a redrive to nowhere", post(api, "/nonsense/redrive", "{}"), 400, "INVALID_PARAMETER"),
                bad("a redrive to somewhere", post(api, "/x/redrive", "{\"to\":\"mars\"}"), 400, "INVALID_PARAMETER"),
                bad(
                        "a redrive with more",
                        post(api, "/x/redrive", "{\"to\":\"topic\",\"x\":1}"),
                        400,
                        "INVALID_PARAMETER"),
                bad("a redrive of no JSON", post(api, "/x/redrive", "to"), 400, "INVALID_JSON"),
                bad("a redrive of an array", post(api, "/x/redrive", "[]"), 400, "INVALID_REQUEST"),
                bad(
                        "a redrive with a query",
                        post(api, "/x/redrive?to=topic", "{\"to\":\"topic\"}"),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a redrive of another type",
                        api.request(PATH + "/x/redrive")
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("{\"to\":\"topic\"}")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad("a redrive of many to nowhere", post(api, "/redrive", "{}"), 400, "INVALID_PARAMETER"),
                bad(
                        "a redrive of many of a bad topic",
                        post(api, "/redrive", "{\"to\":\"topic\",\"topic\":\"a b\"}"),
                        400,
                        "INVALID_TOPIC"),
                bad(
                        "a redrive of too many",
                        post(api, "/redrive", "{\"to\":\"topic\",\"limit\":1001}"),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a redrive of none",
                        post(api, "/redrive", "{\"to\":\"topic\",\"limit\":0}"),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a redrive of many with more",
                        post(api, "/redrive", "{\"to\":\"topic\",\"x\":1}"),
                        400,
                        "INVALID_PARAMETER"),
                bad("discarding everything by mistake", api.request(PATH).DELETE(), 400, "INVALID_PARAMETER"),
                bad("discarding all or not", api.request(PATH + "?all=perhaps").DELETE(), 400, "INVALID_PARAMETER"),
                bad("another method", api.request(PATH).PUT(BodyPublishers.noBody()), 405, "METHOD_NOT_ALLOWED")));
        for (String query : List.of(
                "limit=0",
                "limit=501",
                "limit=many",
                "after=nonsense",
                "after=" + cursor,
                "from=yesterday",
                "until=1",
                "from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
                "from=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z",
                "consumer=" + "x".repeat(201),
                "all=true",
                "consumers=x")) {
            table.add(bad("a list with " + query, api.request(PATH + "?" + query), 400, "INVALID_PARAMETER"));
        }
        table.add(bad("a list of a bad topic", api.request(PATH + "?topic=a*"), 400, "INVALID_TOPIC"));
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
    }

    private void fail(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(api.publish("orders", i).statusCode()).isEqualTo(201);
        }
        consumer.terminate(count, "broken");
    }

    private JsonArray await(int count) {
        return Eventually.get(
                count + " letters",
                Eventually.PATIENCE,
                () -> api.get(PATH).getJsonArray("items"),
                items -> items.size() >= count);
    }

    private HttpResponse<String> delete(String more) {
        return Api.send(api.request(PATH + more).DELETE().build());
    }

    private static HttpRequest.Builder post(Api as, String more, String body) {
        return as.request(PATH + more)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    private static List<String> ids(JsonArray items) {
        return items.stream().map(item -> ((JsonObject) item).getString("id")).toList();
    }
}
