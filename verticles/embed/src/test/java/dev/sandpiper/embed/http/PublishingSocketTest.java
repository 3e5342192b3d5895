package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Preconditions and times to live over a WebSocket, and transactions and events for later as they arrive there. */
class PublishingSocketTest {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());
    private final FrameClient socket = new FrameClient(node.ws(), project.key());

    @AfterEach
    void close() {
        socket.close();
    }

    @Test
    void aConflictNamesTheNewestCursorAndTheConnectionLivesOn() throws Exception {
        JsonObject first = socket.ask(message("1", "\"if_last_cursor\":null"), "published");
        JsonObject refused = socket.ask(message("2", "\"if_last_cursor\":\"\""), "error");
        assertThat(refused.getString("id")).isEqualTo("2");
        assertThat(refused.getString("name")).isEqualTo("CURSOR_CONFLICT");
        assertThat(refused.getString("cursor")).isEqualTo(first.getString("cursor"));
        JsonObject second =
                socket.ask(message("3", "\"if_last_cursor\":\"" + refused.getString("cursor") + "\""), "published");
        assertThat(second.getString("cursor")).isNotEqualTo(first.getString("cursor"));
    }

    @Test
    void theSameFrameWithTheSameKeyIsADuplicateAndNoConflict() throws Exception {
        String frame = message("1", "\"key\":\"k\",\"if_last_cursor\":null");
        JsonObject first = socket.ask(frame, "published");
        socket.ask(message("2", "\"key\":\"other\""), "published");
        assertThat(socket.ask(frame, "published")).isEqualTo(first.copy().put("duplicate", true));
    }

    @Test
    void whatCannotBeIsAnErrorFrame() throws Exception {
        for (String members : new String[] {
            "\"ttl\":\"1s\",\"class\":\"ephemeral\"",
            "\"if_last_cursor\":null,\"class\":\"ephemeral\"",
            "\"ttl\":\"0s\"",
            "\"ttl\":\"soon\"",
            "\"class\":\"exactly-once\"",
        }) {
            JsonObject refused = socket.ask(message("x", members), "error");
            assertThat(refused.getString("name")).as(members).isEqualTo("INVALID_PARAMETER");
            assertThat(refused.getString("id")).isEqualTo("x");
        }
        assertThat(socket.ask(message("x", "\"if_last_cursor\":\"nonsense\""), "error")
                        .getString("name"))
                .isEqualTo("INVALID_CURSOR");
        socket.ask(message("y", "\"key\":\"fine\""), "published");
    }

    @Test
    void anEventForLaterIsNotPublishedAtOnceByMistake() throws Exception {
        JsonObject refused =
                socket.ask(message("1", "\"deliver_at\":\"" + Instant.now().plusSeconds(3_600) + "\""), "error");
        assertThat(refused.getString("name")).isEqualTo("INVALID_PARAMETER");
        assertThat(api.get("/v1/events?topic=t").getJsonArray("messages")).isEmpty();
    }

    @Test
    void aSubscriberWhoComesBackDoesNotMissWhatHasExpired() throws Exception {
        JsonObject first = socket.ask(message("1", "\"key\":\"a\""), "published");
        JsonObject mortal = socket.ask(message("2", "\"ttl\":\"1s\""), "published");
        JsonObject last = socket.ask(message("3", "\"key\":\"b\""), "published");
        Eventually.await(
                "it is gone",
                Duration.ofSeconds(30),
                () -> api.get("/v1/events?topic=t").getJsonArray("messages").size() == 2);
        for (JsonObject since : new JsonObject[] {first, mortal}) {
            try (var back = new FrameClient(node.ws(), project.key())) {
                JsonObject subscribed = back.ask(
                        "{\"type\":\"subscribe\",\"channel\":\"t\",\"since\":\"" + since.getString("cursor") + "\"}",
                        "subscribed");
                assertThat(subscribed.getBoolean("recovered")).isTrue();
                assertThat(back.ask("{\"type\":\"ping\"}", "message").getString("id"))
                        .isEqualTo(last.getString("event_id"));
            }
        }
    }

    @Test
    void theEventsOfATransactionArriveInTheirOrderAndThoseOfARefusedOneDoNot() throws Exception {
        socket.ask("{\"type\":\"subscribe\",\"channel\":\"t\"}", "subscribed");
        HttpResponse<String> refused = api.post(
                "/v1/events/transaction", "[{\"topic\":\"t\",\"data\":0},{\"topic\":\"t\",\"data\":0,\"ttl\":\"0s\"}]");
        assertThat(refused.statusCode()).isEqualTo(400);
        HttpResponse<String> stored = api.post(
                "/v1/events/transaction",
                "[{\"topic\":\"t\",\"data\":1},{\"topic\":\"u\",\"data\":9},{\"topic\":\"t\",\"data\":2}]");
        assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
        assertThat(socket.ask("{\"type\":\"ping\"}", "message").getInteger("data"))
                .isEqualTo(1);
        assertThat(socket.ask("{\"type\":\"ping\"}", "message").getInteger("data"))
                .isEqualTo(2);
    }

    @Test
    void anEventForLaterArrivesAtItsTime() throws Exception {
        socket.ask("{\"type\":\"subscribe\",\"channel\":\"t\"}", "subscribed");
        Instant time = Instant.now().plusSeconds(1);
        HttpResponse<String> answer = api.post(
                "/v1/events", "{\"topic\":\"t\",\"event\":\"due\",\"data\":7,\"deliver_at\":\"" + time + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonObject message = socket.ask("{\"type\":\"ping\"}", "message");
        assertThat(message.getString("event")).isEqualTo("due");
        assertThat(message.getInteger("data")).isEqualTo(7);
        assertThat(Instant.parse(message.getString("timestamp"))).isAfterOrEqualTo(time.minusMillis(5));
    }

    private static String message(String id, String members) {
        return "{\"type\":\"message\",\"id\":\"" + id + "\",\"channel\":\"t\",\"data\":1," + members + "}";
    }
}
