package dev.sandpiper.retention;

import dev.sandpiper.runtime.events.TopicRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much of something may be kept. Whatever exceeds one of the three goes, the oldest first.
 *
 * @param maxAge of an event, null for no limit
 * @param maxEvents 0 for no limit
 * @param maxBytes as the event store counts them, 0 for no limit
 */
public record Limits(@Nullable Duration maxAge, long maxEvents, long maxBytes) {
    public static final Limits NONE = new Limits(null, 0, 0);

    static Limits of(TopicRule.Retention rule) {
        return new Limits(rule.maxAge(), rule.maxEvents(), rule.maxBytes());
    }

    public boolean isNone() {
        return maxAge == null && maxEvents == 0 && maxBytes == 0;
    }

    /** These, and where there is none, the other's. */
    public Limits orElse(Limits other) {
        return new Limits(
                maxAge == null ? other.maxAge : maxAge,
                maxEvents == 0 ? other.maxEvents : maxEvents,
                maxBytes == 0 ? other.maxBytes : maxBytes);
    }
}
