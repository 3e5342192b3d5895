package dev.sandpiper.runtime.events;

import java.util.Locale;

/** How a consumer is that a worker is connected to. */
public enum ConsumptionState {
    /** Events are delivered. */
    ACTIVE,
    /** Its owner wants nothing to be delivered for now. */
    PAUSED,
    /** What it stands on is away; deliveries go on by themselves. */
    INTERRUPTED,
    /** It has begun anew somewhere else: what workers have is nothing any more. Said in passing; it goes on as before. */
    RESET,
    /** There is none any more. */
    DELETED;

    /** As clients read it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
