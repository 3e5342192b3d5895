package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of one topic, bounded by count and bytes. It knows from which position on it holds every event of the
 * topic, which is what makes it fit to resume from. Confined to the hub's strand.
 */
final class Ring {
    private static final @Nullable StoredEvent[] NONE = new StoredEvent[0];

    private final int maxEvents;
    private final int maxBytes;
    private @Nullable StoredEvent[] events = NONE;
    private int head;
    private int size;
    private int bytes;
    private long completeFrom;

    Ring(int maxEvents, int maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** Empties the ring; what comes after {@code position} will be added. */
    void reset(long position) {
        events = NONE;
        head = 0;
        size = 0;
        bytes = 0;
        completeFrom = position;
    }

    /** Appends the topic's next event. */
    void add(StoredEvent event) {
        int weight = event.weight();
        while (size > 0 && (size == maxEvents || bytes + weight > maxBytes)) {
            evictOldest();
        }
        if (weight > maxBytes) {
            completeFrom = event.sequence();
            return;
        }
        ensureRoom(1);
        events[index(size)] = event;
        size++;
        bytes += weight;
    }

    /**
     * Adds older events in front.
     *
     * @param from the position after which {@code older} holds every event up to where this ring begins
     * @return false, and nothing has changed, when they do not all fit
     */
    boolean prepend(List<StoredEvent> older, long from) {
        int weight = 0;
        for (StoredEvent event : older) {
            weight += event.weight();
            if (weight > maxBytes) {
                return false;
            }
        }
        if (size + older.size() > maxEvents || bytes + weight > maxBytes) {
            return false;
        }
        ensureRoom(older.size());
        for (int i = older.size() - 1; i >= 0; i--) {
            head = head == 0 ? events.length - 1 : head - 1;
            events[head] = older.get(i);
        }
        size += older.size();
        bytes += weight;
        completeFrom = Math.min(completeFrom, from);
        return true;
    }

    void evictOldest() {
        StoredEvent oldest = at(0);
        events[head] = null;
        head = index(1);
        size--;
        bytes -= oldest.weight();
        completeFrom = oldest.sequence();
    }

    /** Forgets the events up to and including a sequence: from then on it does not know what was there. */
    void dropThrough(long sequence) {
        while (size > 0 && at(0).sequence() <= sequence) {
            evictOldest();
        }
        completeFrom = Math.max(completeFrom, sequence);
    }

    /** Gives the memory back; the position moves to the newest event. */
    void evictAll() {
        if (size > 0) {
            reset(at(size - 1).sequence());
        }
    }

    /** Whether every event after {@code position} is here. */
    boolean covers(long position) {
        return position >= completeFrom;
    }

    /** Adds the events after {@code position} to {@code to}, in order. */
    void copyAfter(long position, List<StoredEvent> to) {
        for (int i = firstAfter(position); i < size; i++) {
            to.add(at(i));
        }
    }

    /** Whether the very same event is here. */
    boolean holds(StoredEvent event) {
        int i = firstAfter(event.sequence() - 1);
        return i < size && at(i).sequence() == event.sequence() && at(i).id().equals(event.id());
    }

    long completeFrom() {
        return completeFrom;
    }

    /** 0 when empty. */
    long firstSequence() {
        return size == 0 ? 0 : at(0).sequence();
    }

    int size() {
        return size;
    }

    int bytes() {
        return bytes;
    }

    private int firstAfter(long position) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).sequence() > position) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private StoredEvent at(int i) {
        StoredEvent event = events[index(i)];
        if (event == null) {
            throw new IllegalStateException("the ring has no event there");
        }
        return event;
    }

    private int index(int i) {
        int raw = head + i;
        return raw < events.length ? raw : raw - events.length;
    }

    private void ensureRoom(int more) {
        if (size + more <= events.length) {
            return;
        }
        int wanted = Math.min(maxEvents, Math.max(size + more, Math.max(4, events.length * 2)));
        @Nullable StoredEvent[] grown = new StoredEvent[wanted];
        int untilEnd = Math.min(size, events.length - head);
        System.arraycopy(events, head, grown, 0, untilEnd);
        System.arraycopy(events, 0, grown, untilEnd, size - untilEnd);
        Arrays.fill(events, null);
        events = grown;
        head = 0;
    }
}
