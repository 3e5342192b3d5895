package dev.sandpiper.runtime.events;

/** Deliveries on their way to one worker. Use on the event loop that asked for them. */
public interface Consumption {
    /** Asks for no more events, or goes on: for a worker that does not read. What is under way is still delivered. */
    void pause(boolean paused);

    /**
     * Nothing is delivered after this returns. Idempotent.
     *
     * @param giveBack whether what the worker has goes to others within a second or so; otherwise it may still finish that, in its time
     */
    void close(boolean giveBack);
}
