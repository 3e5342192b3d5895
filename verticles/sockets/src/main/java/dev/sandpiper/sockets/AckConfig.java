package dev.sandpiper.sockets;

import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;

/**
 * How acknowledgements of subscriptions are kept.
 *
 * @param maxUnacked events of one subscription that may wait for them; beyond, no more are sent
 * @param interval at which positions are written; what was acknowledged since may come again when the node dies
 * @param expiry after which the position of a subscriber that does not come is forgotten
 * @param maxPositions of subscribers and channels in one project
 */
public record AckConfig(int maxUnacked, Duration interval, Duration expiry, int maxPositions) {
    public static AckConfig from(Settings s) {
        return new AckConfig(
                s.integer(
                        "SOCKETS_MAX_UNACKED",
                        1_000,
                        1,
                        ClientFrame.MAX_UNACKED,
                        "Events of one subscription with ack that may wait for their acknowledgement"),
                s.duration(
                        "SOCKETS_ACK_INTERVAL",
                        Duration.ofSeconds(1),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(1),
                        "At which the acknowledged positions of subscribers are written"),
                s.duration(
                        "SOCKETS_SUBSCRIBER_EXPIRY",
                        Duration.ofDays(30),
                        Duration.ofMinutes(1),
                        Duration.ofDays(3_650),
                        "After which the position of a subscriber that does not come back is forgotten"),
                s.integer(
                        "SOCKETS_MAX_SUBSCRIBER_POSITIONS",
                        10_000,
                        1,
                        10_000_000,
                        "Positions of subscribers, one for each of their channels, in one project"));
    }
}
