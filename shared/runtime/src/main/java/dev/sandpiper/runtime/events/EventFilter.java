package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.StoredEvent;

/** A compiled condition on an event. Thread-safe, bounded in cost. */
public interface EventFilter {
    /** False too when the condition cannot be evaluated for this event, such as for want of a member. Never throws. */
    boolean test(StoredEvent event);
}
