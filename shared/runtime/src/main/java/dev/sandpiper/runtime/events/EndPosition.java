package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import java.time.Instant;

/** Where reading ends. */
public sealed interface EndPosition {
    /** Whether an event lies beyond the end. Events that are not stored have no place, and are not beyond a cursor. */
    boolean excludes(StoredEvent event);

    /** With the event at a cursor, or the last one before it. */
    record Through(Cursor cursor) implements EndPosition {
        @Override
        public boolean excludes(StoredEvent event) {
            return event.sequence() > cursor.sequence();
        }
    }

    /** With the last event stored before a time. */
    record Before(Instant time) implements EndPosition {
        @Override
        public boolean excludes(StoredEvent event) {
            return !event.timestamp().isBefore(time);
        }
    }
}
