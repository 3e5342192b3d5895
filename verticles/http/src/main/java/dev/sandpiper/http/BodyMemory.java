package dev.sandpiper.http;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Bounds what the bodies of an event loop's requests hold, in bytes and in time. All requests get the same time, so those
 * that began first run out of it first.
 */
final class BodyMemory {
    private final long limit;
    private final long patience;
    private final ArrayDeque<BodyReader> reading = new ArrayDeque<>();
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
        reading.add(reader);
    }

    void sweep(long now) {
        BodyReader first = reading.peek();
        while (first != null && (first.isDone() || now - first.began() > patience)) {
            reading.remove();
            first.timeOut();
            first = reading.peek();
        }
    }
}
