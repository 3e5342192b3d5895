package dev.sandpiper.publisher;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;

/**
 * Bounds of publishing.
 *
 * @param maxInFlight events per event loop that wait for their acknowledgement
 * @param maxInFlightBytes of their payloads, per event loop
 * @param attemptTimeout until an event without acknowledgement is sent again
 * @param attempts in all; the product of both is how long a caller waits at most
 */
public record PublisherConfig(int maxInFlight, long maxInFlightBytes, Duration attemptTimeout, int attempts) {
    public static PublisherConfig from(Settings s) {
        return new PublisherConfig(
                s.integer(
                        "PUBLISH_MAX_IN_FLIGHT",
                        8_192,
                        1,
                        32_768,
                        "Events per event loop that may wait for their acknowledgement"),
                s.number(
                        "PUBLISH_MAX_IN_FLIGHT_BYTES",
                        64L << 20,
                        1L << 20,
                        1L << 32,
                        "Bytes per event loop that may wait for their acknowledgement"),
                s.duration(
                        "PUBLISH_ATTEMPT_TIMEOUT",
                        Duration.ofMillis(500),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "Until an event without acknowledgement is sent again"),
                s.integer("PUBLISH_ATTEMPTS", 3, 1, 10, "How often an event is sent before its outcome is unknown"));
    }

    /** How long a caller waits at most. */
    public Duration deadline() {
        return attemptTimeout.multipliedBy(attempts);
    }
}
