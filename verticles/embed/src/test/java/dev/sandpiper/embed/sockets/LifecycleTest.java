package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How connections end that the client did not end. */
class LifecycleTest {
    @Test
    void aClientThatAnswersPingsStaysAndOneThatDoesNotIsDisconnected() {
        try (TestNode node =
                        TestNode.start(Map.of("SOCKETS_PING_INTERVAL", "300ms", "SOCKETS_CLOSE_TIMEOUT", "300ms"));
                RawWebSocket alive =
                        RawWebSocket.connect(node.ws(), node.createProject().key());
                RawWebSocket dead =
                        RawWebSocket.connect(node.ws(), node.createProject().key())) {
            for (int i = 0; i < 5; i++) {
                Frame ping = Objects.requireNonNull(alive.nextFrame());
                assertThat(ping.opcode()).isEqualTo(RawWebSocket.PING);
                alive.frame(true, RawWebSocket.PONG, ping.payload());
            }
            Frame close = dead.closing();
            assertThat(close.closeCode()).isEqualTo(4002);
            assertThat(close.closeReason()).contains("PING_TIMEOUT");
            assertThat(alive.ask(new JsonObject().put("type", "ping")).getString("type"))
                    .isEqualTo("pong");
            Eventually.await("the dead one is forgotten", () -> Gauges.connections(node, "websocket") == 1);
        }
    }

    @Test
    void aRevokedKeyEndsEverythingThatWasOpenedWithIt() {
        TestNode node = TestNode.shared();
        TestProject project = node.createProject();
        var issued = project.issue(Scope.EVENTS_SUBSCRIBE);
        String key = issued.key().reveal();
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), key);
                RawWebSocket other = RawWebSocket.connect(node.ws(), project.key());
                SseReader stream = SseReader.subscribed(node, key, "topics=a")) {
            socket.subscribe("a", null);
            var poll = CompletableFuture.supplyAsync(() -> new RestClient(node, key).poll("topics=a&timeout=60"));
            Eventually.await("the poll waits", () -> Gauges.connections(node, "poll") > 0);

            TestNode.await(project.keys().revoke(project.tenant(), issued.info().id()));

            Frame close = socket.closing();
            assertThat(close.closeCode()).isEqualTo(4502);
            assertThat(close.closeReason()).isEqualTo("{\"name\":\"KEY_REVOKED\"}");
            JsonObject error = stream.next("error").json();
            assertThat(error.getString("code")).isEqualTo("RT_002");
            assertThat(error.getString("name")).isEqualTo("KEY_REVOKED");
            assertThat(stream.next()).isNull();
            assertThat(poll.join().statusCode()).isEqualTo(401);
            assertThat(other.ask(new JsonObject().put("type", "ping")).getString("type"))
                    .isEqualTo("pong");
        }
    }

    @Test
    void aNodeThatGoesAwayAsksEveryClientToComeBackAtAnotherMoment() {
        TestNode node = TestNode.start(Map.of());
        TestProject project = node.createProject();
        List<RawWebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key());
            socket.subscribe("a", null);
            sockets.add(socket);
        }
        SseReader stream = SseReader.subscribed(node, project.key(), "topics=a");
        var poll = CompletableFuture.supplyAsync(() -> new RestClient(node, project.key()).poll("topics=a&timeout=60"));
        Eventually.await("the poll waits", () -> Gauges.connections(node, "poll") > 0);

        Future<Void> shutdown = node.sandpiper().shutdown();

        Set<Double> hints = new HashSet<>();
        for (RawWebSocket socket : sockets) {
            Frame close = socket.closing();
            assertThat(close.closeCode()).isEqualTo(4000);
            JsonObject reason = new JsonObject(close.closeReason());
            assertThat(reason.getString("name")).isEqualTo("SHUTTING_DOWN");
            assertThat(reason.getDouble("retry_after")).isBetween(0.0, 5.0);
            hints.add(reason.getDouble("retry_after"));
            socket.close();
        }
        assertThat(hints).hasSizeGreaterThan(10);
        SseReader.Event last = stream.next("error");
        assertThat(last.json().getString("name")).isEqualTo("SHUTTING_DOWN");
        assertThat(last.retry()).isNotNull();
        assertThat(stream.next()).isNull();
        stream.close();
        JsonObject answer = new JsonObject(poll.join().body());
        assertThat(answer.getString("cursor")).isNotBlank();
        TestNode.await(shutdown);
    }

    @Test
    void aFullNodeSaysSoBeforeTheHandshake() {
        try (TestNode node = TestNode.start(Map.of("SOCKETS_MAX_CONNECTIONS", "3"))) {
            TestProject project = node.createProject();
            try (RawWebSocket first = RawWebSocket.connect(node.ws(), project.key());
                    RawWebSocket second = RawWebSocket.connect(node.ws(), project.key());
                    SseReader third = SseReader.subscribed(node, project.key(), "topics=a");
                    RawWebSocket fourth = RawWebSocket.handshake(node.ws(), project.key())) {
                assertThat(fourth.status()).isEqualTo(503);
                assertThat(fourth.header("Retry-After")).isNotNull();
                assertThat(SseTest.code(fourth.body())).isEqualTo("TOO_MANY_CONNECTIONS");
                assertThat(new RestClient(node, project.key()).poll("topics=a").statusCode())
                        .isEqualTo(503);
                assertThat(first.ask(new JsonObject().put("type", "ping")).getString("type"))
                        .isEqualTo("pong");
                second.close();
                Eventually.await("there is room again", () -> Gauges.connections(node, "websocket") == 1);
                try (RawWebSocket fifth = RawWebSocket.connect(node.ws(), project.key())) {
                    assertThat(fifth.subscribe("a", null).getString("type")).isEqualTo("subscribed");
                }
                assertThat(third.response().statusCode()).isEqualTo(200);
            }
        }
    }
}
