package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The newest of many events, bounded by count and bytes. */
final class NewestOf {
    private static final int MAX_BYTES = 4 << 20;

    private final ArrayDeque<StoredEvent> events = new ArrayDeque<>();
    private final int max;
    private long bytes;

    NewestOf(int max) {
        this.max = max;
    }

    /** In order. */
    void add(StoredEvent event) {
        events.add(event);
        bytes += event.weight();
        while (events.size() > max || (bytes > MAX_BYTES && events.size() > 1)) {
            bytes -= events.remove().weight();
        }
    }

    List<StoredEvent> newestFirst() {
        List<StoredEvent> reversed = new ArrayList<>(events.size());
        for (Iterator<StoredEvent> i = events.descendingIterator(); i.hasNext(); ) {
            reversed.add(i.next());
        }
        return reversed;
    }
}
