package dev.sandpiper.runtime.nats;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the event stream's leader says of it, all as of one moment.
 *
 * @param events how many are stored
 * @param bytes that they take, as the server counts: subject, headers, payload and a few for each record
 * @param maxBytes that it may take, -1 for no limit
 * @param maxAge of an event, zero for no limit
 * @param leader name of the server that leads it, null when there is only one
 */
public record StreamReport(
        String name,
        StreamState state,
        Instant created,
        long events,
        long bytes,
        long maxBytes,
        Duration maxAge,
        int replicas,
        @Nullable String leader) {}
