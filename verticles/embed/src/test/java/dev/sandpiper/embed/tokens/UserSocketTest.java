package dev.sandpiper.embed.tokens;

import static dev.sandpiper.embed.tokens.Users.channels;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections of users: they last as long as their token, and a little word keeps them going. */
class UserSocketTest {
    private static Users users;

    @BeforeAll
    static void start() {
        TestNode node = TestNode.shared();
        users = new Users(node, node.createProject());
    }

    private static JsonObject subscribe(String channel) {
        return new JsonObject().put("type", "subscribe").put("channel", channel);
    }

    private static JsonObject auth(String token) {
        return new JsonObject().put("type", "auth").put("id", "a").put("token", token);
    }

    private static void publish(String topic) {
        String event = new JsonObject().put("topic", topic).put("data", 1).encode();
        assertThat(users.ask(users.project.key(), "POST", "/v1/events", event).statusCode())
                .isEqualTo(201);
    }

    @Test
    void aSocketIsWarnedAndThenClosedWhenItsTokenEnds() {
        Instant began = Instant.now();
        try (var socket = new UserSocket(users.node, users.token("alice", 3))) {
            assertThat(socket.next("expiring").getInteger("expires_in")).isBetween(0, 3);
            assertThat(socket.closeCode()).isEqualTo(4505);
            assertThat(Instant.now()).isAfter(began.plusSeconds(1));
        }
    }

    @Test
    void anAuthFrameKeepsTheSocketAndItsSubscriptions() {
        try (var socket = new UserSocket(users.node, users.token("alice", 3))) {
            socket.ask(subscribe("keep"), "subscribed");
            socket.next("expiring");
            assertThat(socket.ask(auth(users.token("alice", 600)), "connected").getString("id"))
                    .isEqualTo("a");
            Instant former = Instant.now().plusSeconds(4);
            Eventually.await("the former token has ended", () -> Instant.now().isAfter(former));
            publish("keep");
            assertThat(socket.next("message").getString("channel")).isEqualTo("keep");
            assertThat(socket.isClosed()).isFalse();
        }
    }

    @Test
    void anAuthFrameOfAnotherUserOrProjectIsRefused() {
        var others = new Users(users.node, users.node.createProject());
        try (var socket = new UserSocket(users.node, users.token("alice", 600))) {
            assertThat(socket.refusal(auth(users.token("bob", 600)))).isEqualTo("INVALID_REQUEST");
            assertThat(socket.refusal(auth(others.token("alice", 600)))).isEqualTo("INVALID_REQUEST");
            assertThat(socket.refusal(auth(users.project.key()))).isEqualTo("INVALID_REQUEST");
            assertThat(socket.refusal(auth("a.b.c"))).isEqualTo("INVALID_TOKEN");
            socket.ask(subscribe("still-here"), "subscribed");
        }
    }

    @Test
    void aTokenThatAllowsLessEndsWhatItDoesNotAllow() {
        try (var socket = new UserSocket(users.node, users.token("alice", channels("*", "subscribe")))) {
            socket.ask(subscribe("stays"), "subscribed");
            socket.ask(subscribe("goes"), "subscribed");
            socket.send(auth(users.token("alice", channels("stays", "subscribe"))));
            assertThat(socket.next("unsubscribed").getString("channel")).isEqualTo("goes");
            publish("goes");
            publish("stays");
            assertThat(socket.next("message").getString("channel")).isEqualTo("stays");
        }
    }

    @Test
    void aTokenForOneChannelOpensThatAndEndsWithIt() {
        try (var socket = new UserSocket(users.node, users.token("alice", channels("open", "subscribe")))) {
            assertThat(socket.refusal(subscribe("vip"))).isEqualTo("CHANNEL_NOT_ALLOWED");
            JsonObject claims = users.claims("alice");
            claims.remove("channels");
            String vip = users.sign(
                    claims.put("channel", "vip").put("exp", Instant.now().getEpochSecond() + 3));
            assertThat(socket.refusal(subscribe("other").put("auth", vip))).isEqualTo("CHANNEL_NOT_ALLOWED");
            String ofBob = users.sign(users.claims("bob"));
            assertThat(socket.refusal(subscribe("vip").put("auth", ofBob))).isEqualTo("INVALID_REQUEST");
            socket.ask(subscribe("vip").put("auth", vip), "subscribed");
            publish("vip");
            assertThat(socket.next("message").getString("channel")).isEqualTo("vip");
            assertThat(socket.next("error").getString("name")).isEqualTo("TOKEN_EXPIRED");
            assertThat(socket.next("unsubscribed").getString("channel")).isEqualTo("vip");
            socket.ask(subscribe("open"), "subscribed");
        }
    }

    @Test
    void aStreamAndAPollEndWithTheirToken() {
        HttpResponse<String> stream = users.ask(users.token("alice", 2), "GET", "/v1/sse?topics=quiet", "");
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.body()).contains("TOKEN_EXPIRED");
        HttpResponse<String> poll = users.ask(users.token("alice", 2), "GET", "/v1/poll?topics=quiet&timeout=15", "");
        assertThat(poll.statusCode()).as(poll.body()).isEqualTo(401);
        assertThat(Users.outcome(poll)).isEqualTo("TOKEN_EXPIRED");
    }

    @Test
    void whoIsRevokedIsCutOffAndTheOthersStay() {
        JsonObject claims = users.claims("mallory");
        try (var one = new UserSocket(users.node, users.sign(claims));
                var another = new UserSocket(users.node, users.token("mallory", 600));
                var bystander = new UserSocket(users.node, users.token("alice", 600))) {
            users.asAdmin("POST", "/v1/admin/tokens/revoke", new JsonObject().put("token_id", claims.getString("jti")));
            assertThat(one.closeCode()).isEqualTo(4502);
            assertThat(another.isClosed()).isFalse();
            users.asAdmin("POST", "/v1/admin/tokens/revoke", new JsonObject().put("user", "mallory"));
            assertThat(another.closeCode()).isEqualTo(4502);
            bystander.ask(subscribe("b"), "subscribed");
        }
    }

    @Test
    void usersOfADeletedIssuerAreCutOff() {
        var others = new Users(users.node, users.node.createProject());
        try (var socket = new UserSocket(users.node, others.token("alice", 600))) {
            others.asAdmin("DELETE", "/v1/admin/issuers/" + others.issuer.getString("id"), new JsonObject());
            assertThat(socket.closeCode()).isEqualTo(4502);
        }
    }
}
