package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.GoldenVectors.Vector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServerFramesTest {
    static Stream<Vector> answers() {
        return GoldenVectors.of(
                "connected", "subscribed", "unsubscribed", "published", "error", "pong", "position", "end", "expiring");
    }

    @ParameterizedTest
    @MethodSource("answers")
    void writesTheGoldenVectors(Vector vector) throws Exception {
        JsonNode fields = vector.json().get("fields");
        assertThat(utf8(write(vector.file(), fields)))
                .isEqualTo(vector.json().get("text").asText());
        assertThat(GoldenVectors.MAPPER.readTree(vector.json().get("text").asText()))
                .isEqualTo(fields);
    }

    static Stream<Vector> events() {
        return GoldenVectors.of("event");
    }

    @ParameterizedTest
    @MethodSource("events")
    void writesAnEventInEveryFormat(Vector vector) {
        byte[] secret = Base64.getDecoder()
                .decode(GoldenVectors.file("event").get("cursor_secret_base64").asText());
        var encoders = new EventEncoders(new CursorCodec(secret));
        StoredEvent event = stored(vector.json().get("stored"));

        assertThat(utf8(encoders.json(event)))
                .isEqualTo(vector.json().get("text").asText());
        assertThat(Base64.getEncoder().encodeToString(encoders.webSocket(event)))
                .isEqualTo(vector.json().get("websocket_base64").asText());
        assertThat(utf8(encoders.sse(event))).isEqualTo(vector.json().get("sse").asText());
        assertThat(encoders.webSocket(event)).isSameAs(encoders.webSocket(event));
    }

    static Stream<Vector> closeFrames() {
        return GoldenVectors.of("close");
    }

    @ParameterizedTest
    @MethodSource("closeFrames")
    void saysWhyItCloses(Vector vector) {
        JsonNode json = vector.json();
        PlatformError error = closing(json);
        assertThat(error.code()).isEqualTo(json.get("error").asText());
        assertThat(ErrorMapping.of(error).close().number())
                .isEqualTo(json.get("code").asInt());
        assertThat(ServerFrames.closeReason(error))
                .isEqualTo(json.get("text").asText())
                .hasSizeLessThanOrEqualTo(WebSocketFrames.MAX_CLOSE_REASON);
    }

    private static PlatformError closing(JsonNode json) {
        return switch (json.get("error").asText()) {
            case "SHUTTING_DOWN" -> new ConnectionEnd.ShuttingDown(Duration.ofMillis(1_250));
            case "SLOW_CONSUMER" ->
                new ConnectionEnd.SlowConsumer(json.get("cursor").asText());
            case "PING_TIMEOUT" -> new ConnectionEnd.PingTimeout();
            case "INVALID_API_KEY" -> new CredentialError.InvalidApiKey();
            case "AUTHENTICATION_TIMEOUT" -> new CredentialError.AuthenticationTimeout();
            case "KEY_REVOKED" -> new CredentialError.KeyRevoked();
            case "TOKEN_EXPIRED" -> new CredentialError.TokenExpired();
            case "TOKEN_REVOKED" -> new CredentialError.TokenRevoked();
            case "INVALID_TOKEN" -> new CredentialError.InvalidToken();
            default -> throw new AssertionError(json);
        };
    }

    private static byte[] write(String kind, JsonNode fields) {
        String id = optional(fields, "id");
        return switch (kind) {
            case "connected" ->
                ServerFrames.connected(
                        id,
                        fields.get("connection").asText(),
                        Duration.ofSeconds(fields.get("ping_interval").asLong()),
                        fields.get("max_message").asInt());
            case "subscribed" -> {
                String cursor = fields.get("cursor").asText();
                String reason = optional(fields, "reason");
                String oldest = optional(fields, "oldest");
                if (fields.has("channels")) {
                    List<String> channels = StreamSupport.stream(
                                    fields.get("channels").spliterator(), false)
                            .map(JsonNode::asText)
                            .toList();
                    yield ServerFrames.subscribed(channels, cursor, reason, oldest);
                }
                String channel = fields.get("channel").asText();
                yield fields.has("max_unacked")
                        ? ServerFrames.subscribed(
                                id,
                                channel,
                                cursor,
                                reason,
                                oldest,
                                fields.get("max_unacked").asInt(),
                                fields.has("resumed") ? fields.get("resumed").asBoolean() : null)
                        : ServerFrames.subscribed(id, channel, cursor, reason, oldest);
            }
            case "position" ->
                ServerFrames.position(
                        optional(fields, "channel"), fields.get("cursor").asText());
            case "end" ->
                ServerFrames.end(
                        optional(fields, "channel"), fields.get("cursor").asText());
            case "expiring" ->
                ServerFrames.expiring(
                        Instant.parse(fields.get("expires_at").asText()),
                        Duration.ofSeconds(fields.get("expires_in").asLong()));
            case "unsubscribed" ->
                ServerFrames.unsubscribed(id, fields.get("channel").asText());
            case "published" -> ServerFrames.published(id, receipt(fields), optional(fields, "cursor"));
            case "error" -> ServerFrames.error(id, error(fields.get("name").asText()));
            default -> ServerFrames.pong(id);
        };
    }

    private static PublishReceipt receipt(JsonNode fields) {
        return new PublishReceipt(
                new EventId(fields.get("event_id").asText()),
                new Topic("a"),
                fields.has("cursor") ? new Cursor(7, 42) : null,
                fields.get("duplicate").asBoolean(),
                DeliveryClass.named(fields.get("class").asText()).orElseThrow(),
                Durability.valueOf(fields.get("durability").asText().toUpperCase(java.util.Locale.ROOT)));
    }

    private static PlatformError error(String name) {
        return switch (name) {
            case "INSUFFICIENT_SCOPE" -> new CredentialError.InsufficientScope(Scope.EVENTS_PUBLISH);
            case "PUBLISHER_SATURATED" -> new AvailabilityError.PublisherSaturated(Duration.ofMillis(1_500));
            case "CURSOR_CONFLICT" ->
                new ConflictError.CursorConflict(new Cursor(7, 42), "AAAABwAAAAAAAAAqAAAAAAAAAAAA");
            case "INVALID_UTF8" -> new RequestError.InvalidUtf8();
            default -> throw new AssertionError(name);
        };
    }

    private static StoredEvent stored(JsonNode json) {
        String base64 = optional(json, "data_base64");
        return new StoredEvent(
                new TenantId(json.get("tenant").asText()),
                new ProjectId(json.get("project").asText()),
                new Topic(json.get("channel").asText()),
                new EventId(json.get("id").asText()),
                json.get("event").asText(),
                base64 == null
                        ? GoldenVectors.bytes(json.get("data").asText())
                        : Base64.getDecoder().decode(base64),
                optional(json, "content_type"),
                headers(json.path("headers")),
                optional(json, "sender"),
                Instant.parse(json.get("timestamp").asText()),
                json.has("sequence")
                        ? new Cursor(
                                json.get("epoch").asInt(), json.get("sequence").asLong())
                        : null);
    }

    private static EventHeaders headers(JsonNode json) {
        Map<String, String> headers = new LinkedHashMap<>();
        json.fields()
                .forEachRemaining(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return EventHeaders.of(headers);
    }

    private static @Nullable String optional(JsonNode json, String name) {
        return json.has(name) ? json.get(name).asText() : null;
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
