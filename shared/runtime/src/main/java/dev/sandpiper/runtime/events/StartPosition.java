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
}
