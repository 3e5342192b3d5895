package dev.sandpiper.publisher;

import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.management.TenantCounters;
import java.time.Duration;

/**
 * Bounds of publishing. What is in flight bounds how long an event of one tenant can wait for those of another: JetStream
 * takes them in their order. What waits for its turn is for each tenant to fill.
 *
 * @param maxInFlight events per event loop that are sent and wait for their acknowledgement
 * @param maxInFlightBytes of their payloads, per event loop
 * @param maxWaiting events per event loop that wait to be sent
 * @param maxWaitingBytes of their payloads, per event loop
 * @param attemptTimeout until an event without acknowledgement is sent again
 * @param attempts in all; the product of both is how long a caller waits at most
 * @param maxTogether tenants of which this node has an atomic step with the event store at a time
 * @param transactionWindow how long the key of a transaction is remembered
 * @param tenantSeries tenants that metrics name
 */
public record PublisherConfig(
        int maxInFlight,
        long maxInFlightBytes,
        int maxWaiting,
        long maxWaitingBytes,
        Duration attemptTimeout,
        int attempts,
        int maxTogether,
        Duration transactionWindow,
        int tenantSeries) {
    public static PublisherConfig from(Settings s) {
        return new PublisherConfig(
                s.integer(
                        "PUBLISH_MAX_IN_FLIGHT",
                        1_024,
                        1,
                        32_768,
                        "Events per event loop that may wait for their acknowledgement; more of them wait for their turn"),
                s.number(
                        "PUBLISH_MAX_IN_FLIGHT_BYTES",
                        8L << 20,
                        1L << 20,
                        1L << 32,
                        "Bytes per event loop that may wait for their acknowledgement"),
                s.integer(
                        "PUBLISH_MAX_WAITING",
                        16_384,
                        1,
                        1_000_000,
                        "Events per event loop that may wait for their turn; one tenant gets at most half of that"),
                s.number(
                        "PUBLISH_MAX_WAITING_BYTES",
                        64L << 20,
                        1L << 20,
                        1L << 32,
                        "Bytes per event loop that may wait for their turn; one tenant gets about half of that"),
                s.duration(
                        "PUBLISH_ATTEMPT_TIMEOUT",
                        Duration.ofMillis(500),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "Until an event without acknowledgement is sent again"),
                s.integer("PUBLISH_ATTEMPTS", 3, 1, 10, "How often an event is sent before its outcome is unknown"),
                s.integer(
                        "PUBLISH_MAX_TOGETHER",
                        8,
                        1,
                        1_000,
                        "Tenants of which a node has an atomic step with the event store at a time, for transactions and for events"
                                + " whose key is remembered; the servers take 50 steps per stream unless they are told otherwise"),
                s.duration(
                        "PUBLISH_TRANSACTION_WINDOW",
                        Duration.ofHours(24),
                        Duration.ofMinutes(1),
                        Duration.ofDays(30),
                        "How long the key of a transaction is remembered"),
                TenantCounters.setting(s));
    }

    /** How long a caller waits at most. */
    public Duration deadline() {
        return attemptTimeout.multipliedBy(attempts);
    }

    /** How long an event may wait for its turn: then there is no time left to have it acknowledged. */
    Duration patience() {
        return attempts == 1 ? attemptTimeout.dividedBy(2) : deadline().minus(attemptTimeout);
    }
}
