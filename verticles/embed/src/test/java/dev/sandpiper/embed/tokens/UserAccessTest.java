package dev.sandpiper.embed.tokens;

import static dev.sandpiper.embed.tokens.Users.channels;
import static dev.sandpiper.embed.tokens.Users.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the channels of a token allow is allowed on every way in and out, and nothing else is. */
class UserAccessTest {
    private static final String REFUSED = "CHANNEL_NOT_ALLOWED";

    private static Users users;
    private static String cursor;

    @BeforeAll
    static void start() {
        TestNode node = TestNode.shared();
        users = new Users(node, node.createProject());
        String published = users.ask(users.project.key(), "POST", "/v1/events", event("chat:1"))
                .body();
        cursor = new JsonObject(published).getString("cursor");
    }

    private static String event(String topic) {
        return new JsonObject().put("topic", topic).put("data", 1).encode();
    }

    /** A way in or out over HTTP, and the capability that it needs. */
    private record Way(String name, String capability, String method, String path, String body) {}

    private static List<Way> ways(String topic) {
        String at = topic.replace("*", "%2A");
        String batch = "[" + event(topic) + "]";
        return List.of(
                new Way("publish", "publish", "POST", "/v1/events", event(topic)),
                new Way("transaction", "publish", "POST", "/v1/events/transaction", batch),
                new Way(
                        "schedule",
                        "publish",
                        "POST",
                        "/v1/events",
                        new JsonObject(event(topic))
                                .put(
                                        "deliver_at",
                                        Instant.now().plusSeconds(3_600).toString())
                                .encode()),
                new Way("history", "history", "GET", "/v1/events?topic=" + at, ""),
                new Way("export", "history", "GET", "/v1/export?topic=" + at, ""),
                new Way("poll", "subscribe", "GET", "/v1/poll?timeout=0&topics=" + at + "&since=" + cursor, ""));
    }

    @TestFactory
    Stream<DynamicTest> everyWayNeedsItsCapability() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String granted : List.of("publish", "history", "subscribe", "presence")) {
            String token = users.token("alice", channels("chat:*", granted));
            for (Way way : ways("chat:1")) {
                tests.add(dynamicTest(way.name + " with " + granted, () -> {
                    String outcome = outcome(users.ask(token, way.method, way.path, way.body));
                    if (way.capability.equals(granted)) {
                        assertThat(outcome).isNotEqualTo(REFUSED).doesNotContain("INVALID");
                    } else {
                        assertThat(outcome).isEqualTo(REFUSED);
                    }
                }));
            }
            for (Way way : ways("other")) {
                tests.add(dynamicTest(
                        way.name + " elsewhere with " + granted,
                        () -> assertThat(outcome(users.ask(token, way.method, way.path, way.body)))
                                .isEqualTo(REFUSED)));
            }
        }
        return tests.stream();
    }

    @Test
    void aBatchTellsOfEachEvent() {
        String token = users.token("alice", channels("chat:*", "publish"));
        JsonArray results = new JsonObject(
                        users.ask(token, "POST", "/v1/events/batch", "[" + event("chat:1") + "," + event("other") + "]")
                                .body())
                .getJsonArray("results");
        assertThat(results.getJsonObject(0).getInteger("status")).isEqualTo(201);
        assertThat(results.getJsonObject(1).getJsonObject("error").getString("code"))
                .isEqualTo(REFUSED);
    }

    @Test
    void aTransactionIsRefusedAsAWhole() {
        String token = users.token("alice", channels("chat:tx", "publish,history"));
        assertThat(outcome(users.ask(
                        token, "POST", "/v1/events/transaction", "[" + event("chat:tx") + "," + event("other") + "]")))
                .isEqualTo(REFUSED);
        assertThat(new JsonObject(users.ask(token, "GET", "/v1/events?topic=chat:tx", "")
                                .body())
                        .getJsonArray("messages"))
                .isEmpty();
    }

    @Test
    void aPatternIsReadOnlyByWhoMayReadAllOfIt() {
        String token = users.token("alice", channels("chat:*", "history"));
        assertThat(outcome(users.ask(token, "GET", "/v1/events?topic=chat:room-%2A", "")))
                .isEqualTo("200");
        assertThat(outcome(users.ask(token, "GET", "/v1/events?topic=chat%2A", "")))
                .isEqualTo(REFUSED);
        assertThat(outcome(users.ask(token, "GET", "/v1/export?topic=%2A", ""))).isEqualTo(REFUSED);
    }

    @Test
    void oneOfSeveralTopicsThatIsNotAllowedIsEnough() {
        String token = users.token("alice", channels("chat:*", "subscribe"));
        assertThat(outcome(users.ask(token, "GET", "/v1/poll?timeout=0&topics=chat:1,other", "")))
                .isEqualTo(REFUSED);
        assertThat(outcome(users.ask(token, "GET", "/v1/sse?topics=chat:1,other", "")))
                .isEqualTo(REFUSED);
    }

    @Test
    void toBeginInThePastIsToReadHistory() {
        String token = users.token("alice", channels("chat:*", "subscribe"));
        assertThat(outcome(users.ask(token, "GET", "/v1/poll?timeout=0&topics=chat:1&last=5", "")))
                .isEqualTo(REFUSED);
        assertThat(outcome(users.ask(token, "GET", "/v1/poll?timeout=0&topics=chat:1&from=2026-01-01T00:00:00Z", "")))
                .isEqualTo(REFUSED);
        assertThat(outcome(users.ask(token, "GET", "/v1/poll?timeout=0&topics=chat:1&since=" + cursor, "")))
                .isEqualTo("200");
    }

    @Test
    void theSubjectIsTheSenderWhateverWayItComes() {
        String token = users.token("carol", channels("from:*", "publish,history,subscribe"));
        users.ask(token, "POST", "/v1/events", event("from:carol"));
        users.ask(token, "POST", "/v1/events/batch", "[" + event("from:carol") + "]");
        users.ask(token, "POST", "/v1/events/transaction", "[" + event("from:carol") + "]");
        try (var socket = new UserSocket(users.node, token)) {
            socket.ask(
                    new JsonObject()
                            .put("type", "message")
                            .put("channel", "from:carol")
                            .put("data", 1),
                    "published");
            JsonObject page = new JsonObject(
                    users.ask(token, "GET", "/v1/events?topic=from:carol", "").body());
            JsonArray events = page.getJsonArray("messages");
            assertThat(events).hasSize(4);
            for (int i = 0; i < 4; i++) {
                assertThat(events.getJsonObject(i).getString("sender")).isEqualTo("carol");
            }
        }
    }

    @Test
    void framesNeedTheCapabilityToo() {
        String token = users.token("alice", channels("chat:*", "subscribe"));
        try (var socket = new UserSocket(users.node, token)) {
            var subscribe = new JsonObject().put("type", "subscribe").put("channel", "chat:1");
            assertThat(socket.refusal(subscribe.copy().put("last", 1))).isEqualTo(REFUSED);
            assertThat(socket.refusal(subscribe.copy().put("channel", "other"))).isEqualTo(REFUSED);
            assertThat(socket.refusal(new JsonObject()
                            .put("type", "message")
                            .put("channel", "chat:1")
                            .put("data", 1)))
                    .isEqualTo(REFUSED);
            assertThat(socket.refusal(subscribe.copy().put("ack", true).put("subscriber", "till-1")))
                    .isEqualTo("API_KEY_REQUIRED");
            assertThat(socket.refusal(new JsonObject().put("type", "consume").put("consumer", "billing")))
                    .isEqualTo("API_KEY_REQUIRED");
            assertThat(socket.ask(subscribe, "subscribed").getString("channel")).isEqualTo("chat:1");
        }
    }

    @TestFactory
    Stream<DynamicTest> whatIsAdministeredIsNotForUsers() {
        String token = users.token("alice", channels("*", "subscribe,publish,history,presence"));
        return Stream.of(
                        "GET /v1/admin/keys",
                        "POST /v1/admin/keys",
                        "GET /v1/admin/issuers",
                        "POST /v1/admin/tokens/revoke",
                        "GET /v1/topics",
                        "PUT /v1/topics/x",
                        "GET /v1/consumers",
                        "POST /v1/consumers",
                        "GET /v1/dead-letters",
                        "GET /v1/subscribers",
                        "GET /v1/events/scheduled",
                        "POST /v1/tickets")
                .map(route -> dynamicTest(route, () -> {
                    String[] parts = route.split(" ", 2);
                    String body = parts[0].equals("GET") ? "" : "{}";
                    assertThat(outcome(users.ask(token, parts[0], parts[1], body)))
                            .isEqualTo("API_KEY_REQUIRED");
                }));
    }

    @Test
    void aUserMaySeeWhatTheTokenSays() {
        String token = users.token("alice", channels("chat:*", "subscribe"));
        JsonObject who =
                new JsonObject(users.ask(token, "GET", "/v1/admin/whoami", "").body());
        assertThat(who.getString("sender")).isEqualTo("alice");
        assertThat(who.getJsonObject("channels")).isEqualTo(channels("chat:*", "subscribe"));
        assertThat(who.containsKey("key_id")).isFalse();
    }
}
