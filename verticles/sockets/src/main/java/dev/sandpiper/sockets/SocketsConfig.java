package dev.sandpiper.sockets;

import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How connections are kept.
 *
 * @param maxConnections of all transports together, on this node
 * @param maxSubscriptions of one connection; topics of one stream or poll
 * @param payload of one event that a client publishes
 * @param pingInterval between pings; a client that is silent for two of them is gone
 * @param authTimeout for the {@code auth} frame of a client that came without a credential
 * @param maxPendingBytes that wait for one client to read them
 * @param maxInFlightPublishes of one connection; beyond, its socket is not read until some are answered
 * @param maxBadFrames in a row, after which a connection is closed
 * @param closeTimeout for the client's part of the close handshake
 * @param commentInterval between comments on an event stream
 * @param retry after how long a client of an event stream that was cut off connects again
 * @param pollMaxEvents in one answer to a poll
 * @param pollMaxBytes likewise; one event is always answered, whatever its size
 * @param writeDelay for which live events of one event loop wait for others, so that they are written together; zero for none
 * @param positionInterval how long a client may be ignorant of its position because none of the events matched its filter
 * @param reconnectSpread over which clients of a node that goes away are asked to come back
 * @param allowedOrigins of pages that may open a WebSocket; {@code *} allows all
 * @param acks how acknowledgements are kept
 * @param expiryWarning how long before the end of its token a WebSocket is warned
 */
public record SocketsConfig(
        int maxConnections,
        int maxSubscriptions,
        PayloadLimit payload,
        Duration pingInterval,
        Duration authTimeout,
        int maxPendingBytes,
        int maxInFlightPublishes,
        int maxBadFrames,
        Duration closeTimeout,
        Duration commentInterval,
        Duration retry,
        int pollMaxEvents,
        int pollMaxBytes,
        Duration writeDelay,
        Duration positionInterval,
        Duration reconnectSpread,
        List<String> allowedOrigins,
        AckConfig acks,
        Duration expiryWarning) {
    public static final String ANY_ORIGIN = "*";

    public SocketsConfig {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    public static SocketsConfig from(Settings s) {
        return new SocketsConfig(
                s.integer(
                        "SOCKETS_MAX_CONNECTIONS",
                        100_000,
                        1,
                        10_000_000,
                        "Connections of all transports that a node accepts"),
                s.integer("SOCKETS_MAX_SUBSCRIPTIONS", 100, 1, 10_000, "Subscriptions of one connection"),
                new PayloadLimit(s.integer(
                        "SOCKETS_MAX_MESSAGE_BYTES",
                        128 * 1_024,
                        1_024,
                        16 * 1_024 * 1_024,
                        "Bytes of the largest payload that a WebSocket client may publish")),
                s.duration(
                        "SOCKETS_PING_INTERVAL",
                        Duration.ofSeconds(25),
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        "Between pings to a WebSocket client; one that is silent for two is disconnected"),
                s.duration(
                        "SOCKETS_AUTH_TIMEOUT",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        "How long a WebSocket client without a credential may take to send its auth frame"),
                s.integer(
                        "SOCKETS_MAX_PENDING_BYTES",
                        1_024 * 1_024,
                        64 * 1_024,
                        256 * 1_024 * 1_024,
                        "Bytes that may wait for one client to read them before it is disconnected as too slow"),
                s.integer(
                        "SOCKETS_MAX_IN_FLIGHT_PUBLISHES",
                        256,
                        1,
                        100_000,
                        "Unanswered publishes of one connection before its socket is no longer read"),
                s.integer(
                        "SOCKETS_MAX_BAD_FRAMES",
                        20,
                        1,
                        1_000_000,
                        "Frames in a row that cannot be understood before a connection is closed"),
                s.duration(
                        "SOCKETS_CLOSE_TIMEOUT",
                        Duration.ofSeconds(3),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        "How long a client may take to answer a close before it is cut off"),
                s.duration(
                        "SOCKETS_SSE_COMMENT_INTERVAL",
                        Duration.ofSeconds(15),
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        "Between comments that keep an event stream alive"),
                s.duration(
                        "SOCKETS_SSE_RETRY",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(1),
                        Duration.ofHours(1),
                        "After how long an event stream's client that was cut off connects again"),
                s.integer("SOCKETS_POLL_MAX_EVENTS", 1_000, 1, 10_000, "Events in one answer to a long poll"),
                s.integer(
                        "SOCKETS_POLL_MAX_BYTES",
                        1_024 * 1_024,
                        1_024,
                        64 * 1_024 * 1_024,
                        "Bytes of events in one answer to a long poll"),
                s.duration(
                        "SOCKETS_WRITE_DELAY",
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofMillis(100),
                        "How long live events may wait to be written together with later ones; saves CPU in huge fan-outs"),
                s.duration(
                        "SOCKETS_POSITION_INTERVAL",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(10),
                        "After which a client with a filter is told its position, when events did not match"),
                s.duration(
                        "SOCKETS_RECONNECT_SPREAD",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1),
                        Duration.ofMinutes(10),
                        "Over which the clients of a node that goes away are asked to come back"),
                s.list(
                        "SOCKETS_ALLOWED_ORIGINS",
                        List.of(ANY_ORIGIN),
                        "Origins of pages that may open a WebSocket, such as https://app.example.com; * allows all"),
                AckConfig.from(s),
                s.duration(
                        "SOCKETS_EXPIRY_WARNING",
                        Duration.ofSeconds(30),
                        Duration.ZERO,
                        Duration.ofHours(1),
                        "How long before the end of its token a WebSocket is told to send another"));
    }

    boolean allowsOrigin(String origin) {
        return allowedOrigins.contains(ANY_ORIGIN) || allowedOrigins.contains(origin);
    }
}
