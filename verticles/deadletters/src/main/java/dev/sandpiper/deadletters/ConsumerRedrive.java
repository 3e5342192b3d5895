package dev.sandpiper.deadletters;

import io.vertx.core.Future;

/** Hands an event to the one consumer that failed on it. */
public interface ConsumerRedrive {
    /**
     * Completes once JetStream has the event, which from then on is the consumer's to deal with. The same letter again within a few minutes changes
     * nothing. Fails with {@code CONSUMER_NOT_REDRIVABLE} when the consumer is gone or takes no such events.
     *
     * @param key by which a repetition is recognised
     */
    Future<Void> redrive(DeadLetter letter, String key);
}
