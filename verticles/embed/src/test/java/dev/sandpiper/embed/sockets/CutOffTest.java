package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a revocation and a suspension end, on three nodes of which only one was told by its operator. */
class CutOffTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int NODES = 3;

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aRevokedKeyEndsSocketsStreamsPollsFetchesAndHalfSentRequestsOnEveryNode() throws Exception {
        TestProject project = cluster.createProject();
        var issued = project.issue(Scope.EVENTS_SUBSCRIBE, Scope.EVENTS_PUBLISH);
        String key = issued.key().reveal();
        assertThat(post(
                                node(0),
                                project.key(Scope.ADMIN_WRITE, Scope.EVENTS_SUBSCRIBE),
                                "/v1/consumers",
                                "{\"name\":\"c\",\"topics\":[\"a\"]}")
                        .statusCode())
                .isEqualTo(201);
        List<RawWebSocket> sockets = new ArrayList<>();
        List<SseReader> streams = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        List<Socket> half = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            TestNode node = node(i);
            sockets.add(RawWebSocket.connect(node.ws(), key));
            streams.add(SseReader.subscribed(node, key, "topics=a"));
            waiting.add(CompletableFuture.supplyAsync(() -> new RestClient(node, key).poll("topics=a&timeout=60")));
            waiting.add(CompletableFuture.supplyAsync(
                    () -> post(node, key, "/v1/consumers/c/fetch", "{\"batch\":1,\"wait\":\"30s\"}")));
            half.add(halfSent(node, key));
            Eventually.await("the poll waits", PATIENCE, () -> Gauges.connections(node, "poll") > 0);
        }

        TestNode.await(project.keys().revoke(project.tenant(), issued.info().id()));

        for (int i = 0; i < NODES; i++) {
            assertThat(sockets.get(i).closing().closeCode()).isEqualTo(4502);
            assertThat(streams.get(i).next("error").json().getString("name")).isEqualTo("KEY_REVOKED");
            assertThat(waiting.get(2 * i).join().statusCode()).isEqualTo(401);
            assertThat(ends(waiting.get(2 * i + 1))).isTrue();
            assertThat(text(half.get(i))).startsWith("HTTP/1.1 401 ").contains("KEY_REVOKED");
            assertThat(new RestClient(node(i), key).get("/v1/admin/whoami").statusCode())
                    .isEqualTo(401);
        }
        assertThat(new RestClient(node(0), project.key())
                        .get("/v1/events?topic=half")
                        .body())
                .doesNotContain("half-sent");
        sockets.forEach(RawWebSocket::close);
        streams.forEach(SseReader::close);
    }

    @Test
    void aSuspendedTenantIsServedByNoNodeUntilItIsResumed() throws Exception {
        TestProject project = cluster.createProject();
        TestProject other = cluster.createProject();
        String administrator = project.key(Scope.ADMIN_READ, Scope.ADMIN_WRITE);
        String operator = other.key(Scope.PLATFORM_OPERATE);
        String path = "/v1/admin/tenants/" + project.tenant();
        String before = new RestClient(node(0), project.key()).publish("a", 1).getString("cursor");
        List<RawWebSocket> sockets = new ArrayList<>();
        List<SseReader> streams = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
        List<RawWebSocket> others = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            TestNode node = node(i);
            sockets.add(RawWebSocket.connect(node.ws(), project.key()));
            others.add(RawWebSocket.connect(node.ws(), other.key()));
            streams.add(SseReader.subscribed(node, project.key(), "topics=a"));
            polls.add(CompletableFuture.supplyAsync(
                    () -> new RestClient(node, project.key()).poll("topics=b&timeout=60")));
            Eventually.await("the poll waits", PATIENCE, () -> Gauges.connections(node, "poll") > 0);
        }

        HttpResponse<String> suspended = post(node(0), operator, path + "/suspend", "{\"reason\":\"unpaid\"}");

        assertThat(suspended.statusCode()).as(suspended.body()).isEqualTo(200);
        assertThat(new JsonObject(suspended.body()).getString("status")).isEqualTo("suspended");
        for (int i = 0; i < NODES; i++) {
            // Acknowledged is acknowledged: no node may publish any more, whoever asks.
            HttpResponse<String> publish = post(node(i), project.key(), "/v1/events", "{\"topic\":\"a\",\"data\":2}");
            assertThat(publish.statusCode()).isEqualTo(403);
            assertThat(code(publish)).isEqualTo("TENANT_SUSPENDED");
            assertThat(sockets.get(i).closing().closeCode()).isEqualTo(4501);
            assertThat(streams.get(i).next("error").json().getString("name")).isEqualTo("TENANT_SUSPENDED");
            assertThat(polls.get(i).join().statusCode()).isEqualTo(403);
            assertThat(others.get(i).ask(new JsonObject().put("type", "ping")).getString("type"))
                    .isEqualTo("pong");
            try (RawWebSocket refused = RawWebSocket.handshake(node(i).ws(), project.key())) {
                assertThat(refused.status()).isEqualTo(403);
            }
            assertThat(new RestClient(node(i), administrator)
                            .get("/v1/admin/keys")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(code(post(node(i), administrator, "/v1/admin/keys", "{}")))
                    .isEqualTo("TENANT_SUSPENDED");
        }

        assertThat(post(node(1), operator, path + "/resume", "{\"reason\":\"paid\"}")
                        .statusCode())
                .isEqualTo(200);
        for (int i = 0; i < NODES; i++) {
            new RestClient(node(i), project.key()).publish("a", "resumed");
            JsonObject missed = new RestClient(node(i), project.key()).polled("a", before, 5);
            assertThat(missed.encode()).contains("resumed").doesNotContain("\"data\":2");
        }
        sockets.forEach(RawWebSocket::close);
        others.forEach(RawWebSocket::close);
        streams.forEach(SseReader::close);
    }

    private static TestNode node(int index) {
        return cluster.node(index);
    }

    private static boolean ends(CompletableFuture<HttpResponse<String>> request) {
        return request.handle((answer, broken) -> broken != null || answer.statusCode() == 401)
                .join();
    }

    private static String code(HttpResponse<String> answer) {
        return new JsonObject(answer.body()).getJsonObject("error").getString("code");
    }

    private static HttpResponse<String> post(TestNode node, String key, String path, String body) {
        return RestClient.send(new RestClient(node, key)
                .request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    /** A publish whose body never comes to its end. */
    private static Socket halfSent(TestNode node, String key) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), node.http().getPort());
        socket.setSoTimeout(15_000);
        socket.getOutputStream()
                .write(("POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key
                                + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
                                + "{\"topic\":\"half\",\"data\":\"half-sent")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String text(Socket socket) throws IOException {
        try (socket) {
            byte[] bytes = new byte[2_000];
            int length = socket.getInputStream().readNBytes(bytes, 0, 600);
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }
}
