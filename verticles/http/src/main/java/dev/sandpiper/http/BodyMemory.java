package dev.sandpiper.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what the bodies of an event loop's requests hold, in bytes and in time. All requests get the same time, so those
 * that began first run out of it first: a list in order of beginning, linked through the readers themselves.
 */
final class BodyMemory {
    private final long limit;
    private final long patience;
    private @Nullable BodyReader first;
    private @Nullable BodyReader last;
    private long held;

    BodyMemory(long limit, Duration patience) {
        this.limit = limit;
        this.patience = patience.toNanos();
    }

    boolean reserve(long bytes) {
        if (held + bytes > limit) {
            return false;
        }
        held += bytes;
        return true;
    }

    void release(long bytes) {
        held -= bytes;
    }

    void watch(BodyReader reader) {
        BodyReader tail = last;
        reader.previous = tail;
        if (tail == null) {
            first = reader;
        } else {
            tail.next = reader;
        }
        last = reader;
    }

    /** Once for each that was watched. */
    void unwatch(BodyReader reader) {
        BodyReader before = reader.previous;
        BodyReader after = reader.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        reader.previous = null;
        reader.next = null;
    }

    void sweep(long now) {
        BodyReader oldest = first;
        while (oldest != null && now - oldest.began() > patience) {
            oldest.timeOut();
            oldest = first;
        }
    }
}
