package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
import java.time.Instant;

/** Where reading begins. */
public sealed interface StartPosition {
    /** With whatever is published from now on. */
    record Live() implements StartPosition {}

    /** With the first event after a cursor. */
    record After(Cursor cursor) implements StartPosition {}

    /** With the first event stored at or after a time. */
    record From(Instant time) implements StartPosition {}

    /** With the newest events, so many of all topics together, or with the first when there are fewer. */
    record Newest(int count) implements StartPosition {
        /** The most that can be asked for. */
        public static final int MAX = 1_000;

        public Newest {
            if (count < 1 || count > MAX) {
                throw new IllegalArgumentException("1 to " + MAX + " events");
            }
        }
    }
}
