package dev.sandpiper.runtime.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: {@code 500ms}, {@code 2s}, {@code 5m}, {@code 1h}, {@code 7d}, or plain milliseconds. */
public final class Durations {
    /** As many as a duration can count; more than any of ours is allowed to have. */
    private static final long MAX_DAYS = Long.MAX_VALUE / 86_400_000_000_000L;

    private Durations() {}

    /** Null when it is none. */
    public static @Nullable Duration parse(String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        if (digits == 0 || digits > 12) {
            return null;
        }
        long amount = Long.parseLong(text.substring(0, digits));
        return switch (text.substring(digits)) {
            case "", "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            case "d" -> amount > MAX_DAYS ? null : Duration.ofDays(amount);
            default -> null;
        };
    }

    /** In the largest unit, up to hours, that it is a whole number of; for days see {@link #inDays}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1_000 != 0 || millis == 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** Likewise, and whole days as such. */
    public static String inDays(Duration duration) {
        long days = duration.toDays();
        return days > 0 && duration.equals(Duration.ofDays(days)) ? days + "d" : format(duration);
    }
}
