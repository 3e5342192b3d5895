package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, how, and what the others are told. */
class HandshakeTest {
    private static final TestNode NODE = TestNode.start(
            Map.of("SOCKETS_AUTH_TIMEOUT", "700ms", "SOCKETS_ALLOWED_ORIGINS", "https://app.example.com"));

    private final TestProject project = NODE.createProject();

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Version: 8 | 426 | UPGRADE_REQUIRED",
                "Sec-WebSocket-Version: | 426 | UPGRADE_REQUIRED",
                "Upgrade: | 426 | UPGRADE_REQUIRED",
                "Upgrade: h3 | 426 | UPGRADE_REQUIRED",
                "Connection: keep-alive | 426 | UPGRADE_REQUIRED",
                "Sec-WebSocket-Key: | 400 | INVALID_PARAMETER",
                "Sec-WebSocket-Key: c2hvcnQ= | 400 | INVALID_PARAMETER",
                "Sec-WebSocket-Key: *** | 400 | INVALID_PARAMETER",
                "Content-Length: 3 | 400 | INVALID_REQUEST",
                "Origin: https://evil.example.com | 403 | ORIGIN_NOT_ALLOWED",
                "Authorization: Bearer nonsense | 401 | INVALID_API_KEY",
            })
    void whatIsNoHandshakeIsAnOrdinaryHttpError(String header, int status, String code) {
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), project.key(), header)) {
            assertThat(socket.status()).isEqualTo(status);
            assertThat(code(socket.body())).isEqualTo(code);
            if (status == 426) {
                assertThat(socket.header("Sec-WebSocket-Version")).isEqualTo("13");
                assertThat(socket.header("Upgrade")).isEqualTo("websocket");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/ws", "/ws", "/v1/realtime", "/realtime"})
    void everyPathOfTheRequirementsWorks(String path) {
        try (RawWebSocket socket =
                RawWebSocket.connect(URI.create(NODE.ws().resolve(path).toString()), project.key())) {
            assertThat(socket.ask(new JsonObject().put("type", "ping")).getString("type"))
                    .isEqualTo("pong");
        }
    }

    @Test
    void anAllowedOriginIsLetIn() {
        try (RawWebSocket socket =
                RawWebSocket.handshake(NODE.ws(), project.key(), "Origin: https://app.example.com")) {
            assertThat(socket.status()).isEqualTo(101);
        }
    }

    @Test
    void theApiKeyMayComeInAHeaderOfItsOwn() {
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), null, "X-API-Key: " + project.key())) {
            assertThat(socket.next().getString("type")).isEqualTo("connected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"api_key", "token", "ticket", "whatever"})
    void aKeyInTheQueryIsRefused(String parameter) {
        URI uri = URI.create(NODE.ws() + "?" + parameter + "=" + project.key());
        try (RawWebSocket socket = RawWebSocket.handshake(uri, null)) {
            assertThat(socket.status()).isEqualTo(400);
            assertThat(code(socket.body())).isEqualTo("CREDENTIAL_IN_QUERY");
        }
    }

    @Test
    void aTicketWorksOnce() {
        URI uri = URI.create(NODE.ws() + "?ticket=" + new RestClient(NODE, project.key()).ticket());
        try (RawWebSocket first = RawWebSocket.handshake(uri, null)) {
            assertThat(first.next().getString("type")).isEqualTo("connected");
            assertThat(first.subscribe("a", null).getString("type")).isEqualTo("subscribed");
        }
        try (RawWebSocket second = RawWebSocket.handshake(uri, null)) {
            assertThat(second.status()).isEqualTo(401);
            assertThat(code(second.body())).isEqualTo("INVALID_TICKET");
        }
    }

    @Test
    void theFirstFrameMayProveWhoItIs() {
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), null)) {
            assertThat(socket.status()).isEqualTo(101);
            JsonObject early = socket.subscribe("a", null);
            assertThat(early.getString("name")).isEqualTo("MISSING_CREDENTIALS");
            assertThat(early.getString("code")).isEqualTo("RT_002");
            // The frames that follow wait for the first to be checked.
            socket.text(new JsonObject()
                    .put("type", "auth")
                    .put("id", "4")
                    .put("token", project.key())
                    .encode());
            socket.text("{\"type\":\"subscribe\",\"id\":\"5\",\"channel\":\"a\"}");
            JsonObject connected = socket.next();
            assertThat(connected.getString("type")).isEqualTo("connected");
            assertThat(connected.getString("id")).isEqualTo("4");
            assertThat(connected.getInteger("version")).isEqualTo(1);
            assertThat(connected.getInteger("ping_interval")).isEqualTo(25);
            assertThat(connected.getInteger("max_message")).isEqualTo(131_072);
            assertThat(connected.getString("connection")).isNotBlank();
            assertThat(socket.next().getString("id")).isEqualTo("5");
        }
    }

    @Test
    void aSubscribeFrameMayBringTheCredential() {
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), null)) {
            socket.text(new JsonObject()
                    .put("type", "subscribe")
                    .put("id", "1")
                    .put("channel", "a")
                    .put("auth", project.key())
                    .encode());
            assertThat(socket.next().getString("type")).isEqualTo("connected");
            assertThat(socket.next().getString("type")).isEqualTo("subscribed");
        }
    }

    @Test
    void aWrongFirstFrameEndsTheConnection() {
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), null)) {
            JsonObject error = socket.ask(
                    new JsonObject().put("type", "auth").put("id", "4").put("token", "nonsense"));
            assertThat(error.getString("name")).isEqualTo("INVALID_API_KEY");
            assertThat(error.getString("id")).isEqualTo("4");
            assertThat(socket.closing().closeCode()).isEqualTo(4500);
        }
    }

    @Test
    void whoDoesNotProveItInTimeIsSentAway() {
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), null)) {
            RawWebSocket.Frame close = socket.closing();
            assertThat(close.closeCode()).isEqualTo(4500);
            assertThat(close.closeReason()).isEqualTo("{\"name\":\"AUTHENTICATION_TIMEOUT\"}");
        }
    }

    @Test
    void aConnectionStaysInItsProject() {
        try (RawWebSocket socket = RawWebSocket.connect(NODE.ws(), project.key())) {
            JsonObject auth = new JsonObject()
                    .put("type", "auth")
                    .put("token", project.sibling("other").key());
            assertThat(socket.ask(auth).getString("name")).isEqualTo("INVALID_REQUEST");
            auth.put("token", project.key(Scope.EVENTS_SUBSCRIBE));
            assertThat(socket.ask(auth).getString("type")).isEqualTo("connected");
            // The newer credential counts.
            JsonObject message =
                    new JsonObject().put("type", "message").put("channel", "a").put("data", 1);
            assertThat(socket.ask(message).getString("name")).isEqualTo("INSUFFICIENT_SCOPE");
        }
    }

    @Test
    void scopesAreAskedForFrameByFrame() {
        try (RawWebSocket socket = RawWebSocket.connect(NODE.ws(), project.key(Scope.EVENTS_PUBLISH))) {
            JsonObject error = socket.subscribe("a", null);
            assertThat(error.getString("code")).isEqualTo("RT_003");
            assertThat(error.getString("name")).isEqualTo("INSUFFICIENT_SCOPE");
            JsonObject message =
                    new JsonObject().put("type", "message").put("channel", "a").put("data", 1);
            assertThat(socket.ask(message).getString("type")).isEqualTo("published");
        }
        try (RawWebSocket socket = RawWebSocket.handshake(NODE.ws(), project.key(Scope.ADMIN_READ))) {
            assertThat(socket.status()).isEqualTo(403);
            assertThat(code(socket.body())).isEqualTo("INSUFFICIENT_SCOPE");
        }
    }

    private static String code(String body) {
        return new JsonObject(body).getJsonObject("error").getString("code");
    }
}
