package dev.sandpiper.runtime.events;

/** An open subscription. Use on the event loop that opened it. */
public interface FeedSubscription {
    /**
     * Stops or restarts replay for a receiver that does not keep up. Live events are still delivered: bounding them is up
     * to the receiver, who closes.
     */
    void pauseReplay(boolean paused);

    /** Ends the subscription; nothing is delivered after this returns. Idempotent. */
    void close();
}
