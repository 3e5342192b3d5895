package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.SelfSigned;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bytes through TLS: the handler that encrypts must survive the change from HTTP to WebSocket. */
class TlsSocketTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void aWebSocketReceivesWhatWasPublished(int size) throws Exception {
        try (Secure secure = new Secure();
                HttpClient client = secure.client()) {
            var listener = new JdkListener();
            WebSocket socket = client.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + secure.project.key())
                    .buildAsync(secure.uri("wss", "/v1/ws"), listener)
                    .get(10, TimeUnit.SECONDS);
            assertThat(listener.next().getString("type")).isEqualTo("connected");
            socket.sendText("{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"a\"}", true)
                    .get(10, TimeUnit.SECONDS);
            assertThat(listener.next().getString("type")).isEqualTo("subscribed");
            for (int i = 0; i < 20; i++) {
                secure.publish(client, "a", i + "x".repeat(size));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(listener.next().getString("data")).isEqualTo(i + "x".repeat(size));
            }
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(10, TimeUnit.SECONDS);
            assertThat(listener.closed.get(10, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        }
    }

    @Test
    void aViolationIsAnsweredWithItsCloseCode() throws Exception {
        try (Secure secure = new Secure();
                HttpClient client = secure.client()) {
            var listener = new JdkListener();
            WebSocket socket = client.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + secure.project.key())
                    .buildAsync(secure.uri("wss", "/v1/ws"), listener)
                    .get(10, TimeUnit.SECONDS);
            assertThat(listener.next().getString("type")).isEqualTo("connected");
            socket.sendText("x".repeat(250_000), true);
            assertThat(listener.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
        }
    }

    private final class Secure implements AutoCloseable {
        private final SSLContext trust;
        private final TestNode node;
        final TestProject project;

        Secure() throws Exception {
            trust = SelfSigned.trusting(SelfSigned.write(folder, "node"));
            node = TestNode.start(Map.of(
                    "TLS_CERTIFICATE", folder.resolve("cert.pem").toString(),
                    "TLS_KEY", folder.resolve("key.pem").toString()));
            project = node.createProject();
        }

        HttpClient client() {
            return HttpClient.newBuilder().sslContext(trust).build();
        }

        URI uri(String scheme, String path) {
            return URI.create(scheme + "://127.0.0.1:" + node.sandpiper().httpPort() + path);
        }

        void publish(HttpClient client, String topic, String text) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(uri("https", "/v1/events"))
                    .header("Authorization", "Bearer " + project.key())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(new JsonObject()
                            .put("topic", topic)
                            .put("data", text)
                            .encode()))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(201);
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
