package dev.sandpiper.retention;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.config.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The body of {@code PUT /admin/retention}: {@code {max_age?, max_events?, max_bytes?}}; what is missing or null is no limit. */
final class LimitsBody {
    static final Duration LEAST_AGE = Duration.ofSeconds(1);
    private static final Duration GREATEST_AGE = Duration.ofDays(36_500);

    private LimitsBody() {}

    /** @throws PlatformException saying what is wrong */
    static Limits parse(byte[] body) {
        Duration age = null;
        long events = 0;
        long bytes = 0;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "max_age" -> age = age(member, json.stringOrNull(member));
                    case "max_events" -> events = amount(member, json.wholeNumberOrNull(member));
                    case "max_bytes" -> bytes = amount(member, json.wholeNumberOrNull(member));
                    default -> throw RequestQuery.fault(member, "is not known here");
                }
            }
            json.end();
        }
        return new Limits(age, events, bytes);
    }

    private static @Nullable Duration age(String member, @Nullable String text) {
        if (text == null) {
            return null;
        }
        Duration age = Durations.parse(text);
        if (age == null || age.compareTo(LEAST_AGE) < 0 || age.compareTo(GREATEST_AGE) > 0) {
            throw new PlatformException(new RequestError.InvalidParameter(
                    member, "must be a duration such as 30s or 7d, from 1s to 36500d"));
        }
        return age;
    }

    private static long amount(String member, @Nullable Long value) {
        if (value == null) {
            return 0;
        }
        if (value < 1) {
            throw RequestQuery.fault(member, "must be at least 1, or null for no limit");
        }
        return value;
    }
}
