package dev.sandpiper.consumers;

import dev.sandpiper.domain.StoredEvent;

/**
 * An event as a worker gets it.
 *
 * @param token what the worker acknowledges it by
 */
record Delivery(String token, Claim claim, StoredEvent event) {}
