package dev.sandpiper.retention;

import dev.sandpiper.runtime.config.Durations;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the janitor works.
 *
 * @param enabled whether this node may be the janitor
 * @param interval between two looks at what is there
 * @param checkInterval between two checks of consistency
 * @param readRate of events that are counted or looked at in a second, at most
 * @param plans the limits that a tenant of a plan begins with
 */
public record RetentionConfig(
        boolean enabled, Duration interval, Duration checkInterval, int readRate, Map<String, Limits> plans) {
    private static final String PLANS = "RETENTION_PLANS";
    private static final int MAX_PLAN = 40;

    public RetentionConfig {
        plans = Map.copyOf(plans);
    }

    public static RetentionConfig from(Settings s) {
        return new RetentionConfig(
                s.flag("RETENTION_ENABLED", true, "Whether this node may be the one that counts and removes events"),
                s.duration(
                        "RETENTION_INTERVAL",
                        Duration.ofSeconds(10),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "How often the janitor looks for events that exceed a limit"),
                s.duration(
                        "RETENTION_CHECK_INTERVAL",
                        Duration.ofDays(1),
                        Duration.ofSeconds(1),
                        Duration.ofDays(30),
                        "How often what was counted is compared with the event stream"),
                s.integer(
                        "RETENTION_READ_RATE",
                        50_000,
                        100,
                        10_000_000,
                        "Events per second that the janitor reads, without payloads, to count or to remove them"),
                plans(s));
    }

    private static Map<String, Limits> plans(Settings s) {
        List<String> texts = s.list(
                PLANS,
                List.of(),
                "Limits that tenants of a plan begin with, such as"
                        + " free:max_age=7d:max_events=100000:max_bytes=1073741824,pro:max_age=30d");
        Map<String, Limits> plans = new LinkedHashMap<>();
        for (String text : texts) {
            String[] parts = text.split(":", -1);
            Limits limits = limits(List.of(parts).subList(1, parts.length));
            if (parts[0].isEmpty() || parts[0].length() > MAX_PLAN || limits == null) {
                s.fault(PLANS, "must be like free:max_age=7d:max_events=1000:max_bytes=1000000 and not " + text);
            } else if (plans.put(parts[0], limits) != null) {
                s.fault(PLANS, "names the plan " + parts[0] + " twice");
            }
        }
        return plans;
    }

    /** Null when they cannot be understood. */
    private static @Nullable Limits limits(List<String> parts) {
        Duration age = null;
        long events = 0;
        long bytes = 0;
        for (String part : parts) {
            int equals = part.indexOf('=');
            String value = part.substring(equals + 1);
            switch (part.substring(0, Math.max(0, equals))) {
                case "max_age" -> {
                    age = Durations.parse(value);
                    if (age == null || age.compareTo(LimitsBody.LEAST_AGE) < 0) {
                        return null;
                    }
                }
                case "max_events" -> events = number(value);
                case "max_bytes" -> bytes = number(value);
                default -> {
                    return null;
                }
            }
        }
        return parts.isEmpty() || events < 0 || bytes < 0 ? null : new Limits(age, events, bytes);
    }

    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            return number > 0 ? number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
