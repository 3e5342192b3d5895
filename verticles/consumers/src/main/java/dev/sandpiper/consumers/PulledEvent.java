package dev.sandpiper.consumers;

import dev.sandpiper.domain.StoredEvent;

/**
 * An event as JetStream delivered it.
 *
 * @param delivery counted from 1
 * @param reply the subject by which it is acknowledged, on any node
 */
public record PulledEvent(StoredEvent event, int delivery, String reply) {}
