package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Preconditions, transactions and times to live over REST, on a real node. */
class PublishingApiTest {
    private static final String TRANSACTION = "/v1/events/transaction";
    private static final Duration EXPIRY = Duration.ofSeconds(30);

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());

    @Test
    void aConditionalEventIsStoredOnlyBehindTheCursorItNames() {
        JsonObject first = stored("{\"topic\":\"c\",\"data\":1,\"if_last_cursor\":null}");
        JsonObject details = conflict(api.post("/v1/events", "{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"\"}"));
        assertThat(details.getString("cursor")).isEqualTo(first.getString("cursor"));
        stored("{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"" + first.getString("cursor") + "\"}");
        assertThat(messages("c")).hasSize(2);
    }

    @Test
    void whoeverConflictedContinuesFromTheCursorThatTheyAreTold() {
        stored("{\"topic\":\"c\",\"data\":1}");
        JsonObject details = conflict(api.post("/v1/events", "{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":null}"));
        stored("{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"" + details.getString("cursor") + "\"}");
    }

    @Test
    void theCursorOfAnotherTopicOrPageWillDo() {
        JsonObject elsewhere = stored("{\"topic\":\"d\",\"data\":1}");
        String cursor = elsewhere.getString("cursor");
        JsonObject first = stored("{\"topic\":\"c\",\"data\":1,\"if_last_cursor\":\"" + cursor + "\"}");
        assertThat(conflict(api.post(
                                "/v1/events", "{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"" + cursor + "\"}"))
                        .getString("cursor"))
                .isEqualTo(first.getString("cursor"));
        String page = api.get("/v1/events?topic=c").getString("cursor");
        stored("{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"" + page + "\"}");
    }

    @Test
    void aConflictWithItselfIsADuplicateWhenThereIsAKey() {
        String event = "{\"topic\":\"c\",\"data\":1,\"key\":\"k\",\"if_last_cursor\":null}";
        JsonObject first = stored(event);
        stored("{\"topic\":\"c\",\"data\":2}");
        assertThat(stored(event)).isEqualTo(first.copy().put("duplicate", true));
    }

    @Test
    void aBatchHasAConflictPerEvent() {
        HttpResponse<String> answer = api.post(
                "/v1/events/batch",
                "[{\"topic\":\"c\",\"data\":1,\"if_last_cursor\":null},{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":null}]");
        JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(201);
        assertThat(results.getJsonObject(1).getInteger("status")).isEqualTo(409);
        JsonObject error = results.getJsonObject(1).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("CURSOR_CONFLICT");
        assertThat(error.getJsonObject("details").getString("cursor"))
                .isEqualTo(results.getJsonObject(0).getString("cursor"));
    }

    @Test
    void aTransactionStoresItsEventsInSeveralTopicsUnderOneKey() {
        String both = "[{\"topic\":\"a\",\"data\":1},{\"topic\":\"b\",\"data\":2},{\"topic\":\"a\",\"data\":3}]";
        JsonArray receipts = committed(both, "Idempotency-Key", "t");
        assertThat(receipts).hasSize(3);
        assertThat(receipts.getJsonObject(1).getString("topic")).isEqualTo("b");
        assertThat(messages("a").getJsonObject(1).getString("cursor"))
                .isEqualTo(receipts.getJsonObject(2).getString("cursor"));
        JsonArray again = committed(both, "Idempotency-Key", "t");
        for (int i = 0; i < 3; i++) {
            assertThat(again.getJsonObject(i))
                    .isEqualTo(receipts.getJsonObject(i).copy().put("duplicate", true));
        }
        assertThat(messages("a")).hasSize(2);
        assertThat(messages("b")).hasSize(1);
        HttpResponse<String> other = api.post(TRANSACTION, "[{\"topic\":\"a\",\"data\":9}]", "Idempotency-Key", "t");
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("IDEMPOTENCY_CONFLICT");
    }

    @Test
    void asLinesItIsTheSame() {
        HttpResponse<String> answer = Api.send(api.request(TRANSACTION)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{\"topic\":\"a\",\"data\":1}\n{\"topic\":\"b\",\"data\":2}\n"))
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(new JsonObject(answer.body()).getJsonArray("receipts")).hasSize(2);
    }

    @Test
    void oneConditionThatDoesNotHoldKeepsAllOfThemOut() {
        JsonObject first = stored("{\"topic\":\"b\",\"data\":1}");
        String events = "[{\"topic\":\"a\",\"data\":1},{\"topic\":\"b\",\"data\":2,\"if_last_cursor\":null}]";
        JsonObject details = conflict(api.post(TRANSACTION, events));
        assertThat(details.getInteger("index")).isEqualTo(1);
        assertThat(details.getString("cursor")).isEqualTo(first.getString("cursor"));
        assertThat(messages("a")).isEmpty();
        committed(
                "[{\"topic\":\"a\",\"data\":1,\"if_last_cursor\":null},{\"topic\":\"b\",\"data\":2,\"if_last_cursor\":\""
                        + first.getString("cursor") + "\"}]");
        assertThat(messages("a")).hasSize(1);
    }

    @Test
    void oneInvalidEventKeepsAllOfThemOut() {
        HttpResponse<String> refused =
                api.post(TRANSACTION, "[{\"topic\":\"a\",\"data\":1},{\"topic\":\"a b\",\"data\":2}]");
        assertThat(refused.statusCode()).isEqualTo(400);
        JsonObject error = new JsonObject(refused.body()).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("INVALID_TOPIC");
        assertThat(error.getJsonObject("details").getInteger("index")).isEqualTo(1);
        assertThat(messages("a")).isEmpty();
    }

    @Test
    void itHasUpTo999Events() {
        assertThat(committed(events(999))).hasSize(999);
        assertThat(api.get("/v1/events?topic=many&limit=1000").getJsonArray("messages"))
                .hasSize(999);
        HttpResponse<String> refused = api.post(TRANSACTION, events(1_000));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(api.get("/v1/events?topic=many&limit=1000").getJsonArray("messages"))
                .hasSize(999);
    }

    @Test
    void anEventWithATimeToLiveGoesAndReadersDoNotMissIt() {
        JsonObject before = stored("{\"topic\":\"t\",\"data\":0}");
        JsonObject mortal = stored("{\"topic\":\"t\",\"data\":1,\"ttl\":\"1s\"}");
        stored("{\"topic\":\"t\",\"data\":2}");
        committed("[{\"topic\":\"t\",\"data\":3,\"ttl\":\"1s\"},{\"topic\":\"t\",\"data\":4}]");
        assertThat(data(messages("t"))).isEqualTo("0,1,2,3,4");
        Eventually.await("they are gone", EXPIRY, () -> data(messages("t")).equals("0,2,4"));
        for (String cursor : new String[] {before.getString("cursor"), mortal.getString("cursor")}) {
            JsonObject page = api.get("/v1/events?topic=t&since=" + cursor);
            assertThat(page.getBoolean("recovered")).isTrue();
            assertThat(data(page.getJsonArray("messages"))).isEqualTo("2,4");
            JsonObject poll = api.get("/v1/poll?topics=t&timeout=5&since=" + cursor);
            assertThat(poll.getBoolean("recovered")).isTrue();
            assertThat(data(poll.getJsonArray("messages"))).isEqualTo("2,4");
        }
    }

    @Test
    void aTopicWhoseOnlyEventHasGoneHasNoEvents() {
        stored("{\"topic\":\"t\",\"data\":1,\"ttl\":\"1s\"}");
        Eventually.await("it is gone", EXPIRY, () -> messages("t").isEmpty());
        stored("{\"topic\":\"t\",\"data\":2,\"if_last_cursor\":null}");
        assertThat(data(messages("t"))).isEqualTo("2");
    }

    private static String events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"topic\":\"many\",\"data\":" + i + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private JsonObject stored(String event) {
        HttpResponse<String> answer = api.post("/v1/events", event);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new JsonObject(answer.body());
    }

    private JsonArray committed(String events, String... headers) {
        HttpResponse<String> answer = api.post(TRANSACTION, events, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new JsonObject(answer.body()).getJsonArray("receipts");
    }

    /** The details of the conflict that it must be. */
    private static JsonObject conflict(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        JsonObject error = new JsonObject(answer.body()).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("CURSOR_CONFLICT");
        return error.getJsonObject("details");
    }

    private JsonArray messages(String topic) {
        return api.get("/v1/events?topic=" + topic).getJsonArray("messages");
    }

    private static String data(JsonArray messages) {
        return messages.stream()
                .map(message -> ((JsonObject) message).getValue("data").toString())
                .collect(Collectors.joining(","));
    }
}
