package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Preconditions, transactions, times to live and events for later over REST, on a real node. */
class PublishingApiTest {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());

    @Test
    void aConditionalEventIsStoredOnlyBehindTheCursorItNames() {
        JsonObject first = stored("{\"topic\":\"c\",\"data\":1,\"if_last_cursor\":null}");
        HttpResponse<String> refused = api.post("/v1/events", "{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"\"}");
        assertThat(refused.statusCode()).isEqualTo(409);
        JsonObject error = new JsonObject(refused.body()).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("CURSOR_CONFLICT");
        assertThat(error.getJsonObject("details").getString("cursor")).isEqualTo(first.getString("cursor"));
        stored("{\"topic\":\"c\",\"data\":2,\"if_last_cursor\":\"" + first.getString("cursor") + "\"}");
        assertThat(messages("c")).hasSize(2);
    }

    @Test
    void aTransactionStoresAllOfItsEventsOrNone() {
        String both = "[{\"topic\":\"a\",\"data\":1},{\"topic\":\"b\",\"data\":2}]";
        HttpResponse<String> answer = api.post("/v1/events/transaction", both, "Idempotency-Key", "t");
        assertThat(answer.statusCode()).isEqualTo(201);
        JsonArray receipts = new JsonObject(answer.body()).getJsonArray("receipts");
        assertThat(receipts).hasSize(2);
        JsonObject again = new JsonObject(api.post("/v1/events/transaction", both, "Idempotency-Key", "t")
                .body());
        assertThat(again.getJsonArray("receipts").getJsonObject(1))
                .isEqualTo(receipts.getJsonObject(1).copy().put("duplicate", true));
        HttpResponse<String> refused = api.post(
                "/v1/events/transaction",
                "[{\"topic\":\"a\",\"data\":1},{\"topic\":\"b\",\"data\":2,\"if_last_cursor\":null}]");
        assertThat(refused.statusCode()).isEqualTo(409);
        JsonObject details =
                new JsonObject(refused.body()).getJsonObject("error").getJsonObject("details");
        assertThat(details.getInteger("index")).isEqualTo(1);
        assertThat(details.getString("cursor"))
                .isEqualTo(receipts.getJsonObject(1).getString("cursor"));
        assertThat(messages("a")).hasSize(1);
    }

    @Test
    void anEventForLaterIsListedAndPublishedOnceAtItsTime() {
        Instant time = Instant.now().plusSeconds(2);
        String event = "{\"topic\":\"later\",\"event\":\"due\",\"data\":7,\"key\":\"k\",\"deliver_at\":\"" + time + "\"}";
        HttpResponse<String> answer = api.post("/v1/events", event);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String id = new JsonObject(answer.body()).getString("id");
        JsonObject again = new JsonObject(api.post("/v1/events", event).body());
        assertThat(again.getString("id")).isEqualTo(id);
        assertThat(again.getBoolean("duplicate")).isTrue();
        assertThat(messages("later")).isEmpty();
        JsonObject item =
                api.get("/v1/events/scheduled").getJsonArray("items").getJsonObject(0);
        assertThat(item.getString("id")).isEqualTo(id);
        assertThat(item.getString("topic")).isEqualTo("later");
        Eventually.await("it is published", Duration.ofSeconds(30), () -> messages("later").size() == 1);
        JsonObject message = messages("later").getJsonObject(0);
        assertThat(message.getString("event")).isEqualTo("due");
        assertThat(Instant.parse(message.getString("timestamp"))).isAfterOrEqualTo(time.minusMillis(5));
        Eventually.await(
                "it is not listed any more",
                () -> api.get("/v1/events/scheduled").getJsonArray("items").isEmpty());
    }

    @Test
    void anEventForLaterCanBeCancelledByItsOwnProjectOnly() {
        String id = new JsonObject(api.post(
                                "/v1/events",
                                "{\"topic\":\"x\",\"data\":1,\"deliver_at\":\"" + Instant.now().plusSeconds(3_600)
                                        + "\"}")
                        .body())
                .getString("id");
        var stranger = new Api(node, node.createProject().key());
        assertThat(cancel(stranger, id)).isEqualTo(404);
        assertThat(stranger.get("/v1/events/scheduled").getJsonArray("items")).isEmpty();
        assertThat(cancel(api, id)).isEqualTo(204);
        assertThat(cancel(api, id)).isEqualTo(404);
        assertThat(api.get("/v1/events/scheduled").getJsonArray("items")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"ttl\":\"0s\" | 400 | INVALID_PARAMETER",
                "\"ttl\":\"99999d\" | 400 | INVALID_PARAMETER",
                "\"ttl\":\"1s\",\"class\":\"ephemeral\" | 400 | INVALID_PARAMETER",
                "\"if_last_cursor\":\"nonsense\" | 400 | INVALID_CURSOR",
                "\"deliver_at\":\"2001-01-01T00:00:00Z\" | 400 | INVALID_PARAMETER",
                "\"deliver_at\":\"2199-01-01T00:00:00Z\" | 400 | INVALID_PARAMETER",
                "\"deliver_at\":\"2199-01-01T00:00:00Z\",\"if_last_cursor\":null | 400 | INVALID_PARAMETER",
                "\"deliver_at\":\"2199-01-01T00:00:00Z\",\"class\":\"ephemeral\" | 400 | INVALID_PARAMETER",
            })
    void whatCannotBeIsRefusedByAStableCode(String members, int status, String code) {
        HttpResponse<String> answer = api.post("/v1/events", "{\"topic\":\"bad\",\"data\":1," + members + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(code);
    }

    private static int cancel(Api caller, String id) {
        HttpRequest request =
                caller.request("/v1/events/scheduled/" + id).DELETE().build();
        return Api.send(request).statusCode();
    }

    private JsonObject stored(String event) {
        HttpResponse<String> answer = api.post("/v1/events", event);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new JsonObject(answer.body());
    }

    private JsonArray messages(String topic) {
        return api.get("/v1/events?topic=" + topic).getJsonArray("messages");
    }
}
