package dev.sandpiper.domain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What few events ask for; a {@link PublishCommand} without any of it has none of these.
 *
 * @param ttl after which the event is forgotten, from {@link #MIN_TTL} to {@link #MAX_TTL}; to the second. Null for as long as
 *     the stream keeps it
 * @param ifLast the event is stored only if its topic has none behind this position; sequence 0 asks for a topic without events
 * @param remember how long the event's key is remembered beyond the event store's own dedupe window, at most {@link
 *     #MAX_REMEMBER}; null for that window alone. Needs a key
 */
public record PublishOptions(
        @Nullable Duration ttl,
        @Nullable Cursor ifLast,
        @Nullable Duration remember) {
    public static final Duration MIN_TTL = Duration.ofSeconds(1);
    public static final Duration MAX_TTL = Duration.ofDays(3_650);
    public static final Duration MAX_REMEMBER = Duration.ofDays(30);

    /** @throws PlatformException when the ttl is not acceptable */
    public PublishOptions {
        if (ttl != null && (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("ttl", "must be from 1s to " + MAX_TTL.toDays() + "d"));
        }
        if (remember != null && (remember.isNegative() || remember.compareTo(MAX_REMEMBER) > 0)) {
            throw new IllegalArgumentException("a key is remembered for " + MAX_REMEMBER.toDays() + " days at most");
        }
    }

    public static PublishOptions ttl(Duration ttl) {
        return new PublishOptions(ttl, null, null);
    }

    public static PublishOptions ifLast(Cursor position) {
        return new PublishOptions(null, position, null);
    }

    public static PublishOptions remember(Duration window) {
        return new PublishOptions(null, null, window);
    }

    public PublishOptions withTtl(Duration wanted) {
        return new PublishOptions(wanted, ifLast, remember);
    }

    public PublishOptions withRemember(Duration window) {
        return new PublishOptions(ttl, ifLast, window);
    }
}
