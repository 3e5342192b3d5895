package dev.sandpiper.runtime.nats;

import java.time.Duration;

/**
 * What one event stream is to be.
 *
 * @param cell its number, see {@link Subjects#cell}
 * @param memory whether it is kept in the servers' memory instead of on their disks
 * @param replicas copies in the NATS cluster
 * @param maxBytes of all of it, -1 for no limit
 * @param maxAge of an event, zero for no limit
 */
public record StreamSpec(int cell, boolean memory, int replicas, long maxBytes, Duration maxAge) {
    /** As the settings say. */
    public static StreamSpec of(NatsConfig config, int cell) {
        return new StreamSpec(
                cell, false, config.replicas(), config.maxBytes() == 0 ? -1 : config.maxBytes(), config.maxAge());
    }
}
