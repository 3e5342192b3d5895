package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.StoredEvent;
import io.vertx.core.Future;

/**
 * Where events go that one of our own features could not process. What JetStream consumers give up on gets there by itself,
 * by way of their advisories; nobody reports that.
 */
public interface DeadLetters {
    /**
     * Keeps the event as a dead letter of its tenant and project. Once for each feature, consumer and event, however often it
     * is reported within a few minutes. Completes on the caller's context, after the letter is stored; fails with {@code
     * EVENT_STORE_UNAVAILABLE}, and then has to be called again.
     *
     * @param feature in lower case, such as {@code webhooks}
     * @param consumer which of the feature's receivers it was, in the tenant's own words
     * @param attempts at least 1
     * @param lastError for the tenant to read: a sentence without secrets
     */
    Future<Void> report(StoredEvent event, String feature, String consumer, int attempts, String lastError);
}
