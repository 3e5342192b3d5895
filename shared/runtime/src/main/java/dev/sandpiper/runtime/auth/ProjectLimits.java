package dev.sandpiper.runtime.auth;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Bounds that a project has beside those of its tenant's plan, by name.
 *
 * @param values whole numbers from 1; what is not named is as the plan says
 */
public record ProjectLimits(Map<String, Long> values) {
    public static final ProjectLimits NONE = new ProjectLimits(Map.of());

    public static final Set<String> NAMES = Set.of(
            "connections",
            "connections_per_user",
            "connections_per_ip",
            "connects_per_minute_per_ip",
            "subscriptions_per_connection",
            "messages_per_sec_per_connection",
            "requests_per_sec",
            "max_message_bytes");

    public ProjectLimits {
        values = Map.copyOf(values);
    }

    /** Sorted by name. */
    public Map<String, Long> sorted() {
        return new TreeMap<>(values);
    }
}
