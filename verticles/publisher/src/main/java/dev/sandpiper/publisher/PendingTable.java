package dev.sandpiper.publisher;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The events of one lane that wait for their acknowledgement: a bounded table of reusable slots, threaded by a list in the
 * order of their last attempt, so that finding the overdue ones costs nothing per event. Belongs to one event loop.
 */
final class PendingTable {
    private final @Nullable Pending[] slots;
    private final String replyPrefix;
    private final long maxBytes;
    private final Pending ends = new Pending(-1, "");
    private @Nullable Pending free;
    private int used;
    private int made;
    private long bytes;
    private long clock;

    PendingTable(int capacity, long maxBytes, String replyPrefix) {
        this.slots = new @Nullable Pending[capacity];
        this.maxBytes = maxBytes;
        this.replyPrefix = replyPrefix;
        ends.next = ends;
        ends.previous = ends;
    }

    /** A slot for an event of this size, or null when there is no room. */
    @Nullable
    Pending take(int weight) {
        if (used == slots.length || (bytes + weight > maxBytes && used > 0)) {
            return null;
        }
        Pending pending = free;
        if (pending == null) {
            pending = new Pending(made, replyPrefix);
            slots[made++] = pending;
        } else {
            free = pending.next;
        }
        pending.next = null;
        pending.order = clock++;
        used++;
        bytes += weight;
        return pending;
    }

    /** Whom an acknowledgement is for; null when nobody waits for it any more. */
    @Nullable
    Pending find(int slot, int generation) {
        Pending pending = slot >= 0 && slot < made ? slots[slot] : null;
        return pending != null && pending.isWaiting() && pending.generation == generation ? pending : null;
    }

    /** Gives the slot back. */
    void release(Pending pending) {
        used--;
        bytes -= pending.weight();
        unlink(pending);
        pending.clear();
        pending.next = free;
        free = pending;
    }

    /** Puts it last in the order of attempts. */
    void attempted(Pending pending, long now) {
        unlink(pending);
        pending.attemptAt = now;
        Pending last = ends.previous;
        pending.previous = last;
        pending.next = ends;
        if (last != null) {
            last.next = pending;
        }
        ends.previous = pending;
    }

    /** Takes it out of the order of attempts: it is not waiting for an acknowledgement but for something else. */
    void unlink(Pending pending) {
        Pending before = pending.previous;
        Pending after = pending.next;
        if (before != null && after != null) {
            before.next = after;
            after.previous = before;
        }
        pending.previous = null;
        pending.next = null;
    }

    /** The one whose last attempt is longest ago, if it was at or before {@code time}. */
    @Nullable
    Pending overdue(long time) {
        Pending first = ends.next;
        return first != null && first != ends && first.attemptAt - time <= 0 ? first : null;
    }

    /** All that wait for an acknowledgement, as they were accepted. */
    Pending[] waiting() {
        return Arrays.stream(slots, 0, made)
                .filter(pending -> pending != null && pending.isWaiting())
                .sorted(Comparator.comparingLong((Pending pending) -> pending.order))
                .toArray(Pending[]::new);
    }

    int size() {
        return used;
    }
}
