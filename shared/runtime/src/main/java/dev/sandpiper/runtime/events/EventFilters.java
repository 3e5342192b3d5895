package dev.sandpiper.runtime.events;

/** Compiles conditions on events. */
public interface EventFilters {
    /**
     * Equal texts share one filter. What is not known yet takes a millisecond or so to compile: not for an event loop.
     *
     * @param expression in CEL, over {@code event}, {@code data}, {@code sender}, {@code topic} and {@code timestamp}
     * @throws dev.sandpiper.domain.PlatformException with {@code INVALID_FILTER} or {@code FILTER_TOO_COSTLY}
     */
    EventFilter compile(String expression);
}
