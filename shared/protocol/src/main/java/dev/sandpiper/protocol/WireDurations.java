package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.time.Duration;

/** Durations on the wire: {@code 30s}, {@code 5m}, {@code 12h}, {@code 7d}. */
final class WireDurations {
    private static final int MAX_DIGITS = 9;

    private WireDurations() {}

    /**
     * @param parameter what to name in the error
     * @throws PlatformException with {@link RequestError.InvalidParameter}
     */
    static Duration parse(String parameter, String text) {
        int digits = text.length() - 1;
        if (digits < 1 || digits > MAX_DIGITS || !text.chars().limit(digits).allMatch(c -> c >= '0' && c <= '9')) {
            throw fault(parameter);
        }
        long amount = Long.parseLong(text, 0, digits, 10);
        return switch (text.charAt(digits)) {
            case 's' -> Duration.ofSeconds(amount);
            case 'm' -> Duration.ofMinutes(amount);
            case 'h' -> Duration.ofHours(amount);
            case 'd' -> Duration.ofDays(amount);
            default -> throw fault(parameter);
        };
    }

    private static PlatformException fault(String parameter) {
        return new PlatformException(
                new RequestError.InvalidParameter(parameter, "must be a duration such as 30s, 5m, 12h or 7d"));
    }
}
