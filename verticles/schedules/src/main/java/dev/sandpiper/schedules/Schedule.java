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
 */
public record Schedule(
        String id,
        PublishCommand command,
        Instant createdAt,
        Instant deliverAt,
        State state,
        int attempts,
        @Nullable String error) {
    /** What became of it so far. */
    public enum State {
        WAITING("waiting"),
        /** It may be in the stream already. */
        PUBLISHING("publishing"),
        /** It was refused, and would be again. */
        FAILED("failed");

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
