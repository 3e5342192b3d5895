package dev.sandpiper.schedules;

import dev.sandpiper.domain.PublishCommand;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event and when it is to be published.
 *
 * @param id 26 characters
 * @param attempts at publishing that failed
 * @param error the code of the last failure
 * @param endedAt when it was published or cancelled; null for any other
 */
public record Schedule(
        String id,
        PublishCommand command,
        Instant createdAt,
        Instant deliverAt,
        State state,
        int attempts,
        @Nullable String error,
        @Nullable Instant endedAt) {
    /** What became of it so far. */
    public enum State {
        WAITING("waiting"),
        /** It may be in the stream already. */
        PUBLISHING("publishing"),
        /** It is in the stream. */
        PUBLISHED("published"),
        /** It was refused, and would be again. */
        FAILED("failed"),
        /** It is not published any more. */
        CANCELLED("cancelled");

        private final String wireName;

        State(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }

        /** @throws IllegalArgumentException for any other name */
        public static State named(String wireName) {
            for (State state : values()) {
                if (state.wireName.equals(wireName)) {
                    return state;
                }
            }
            throw new IllegalArgumentException("no state of a schedule: " + wireName);
        }
    }
}
