package dev.sandpiper.testkit.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one subscriber was given, over all its connections, in the order in which it was given. Of any thread. */
public final class Reader {
    private final String name;
    private final List<Entry> delivered = new ArrayList<>();
    private final Set<String> events = new HashSet<>();
    private @Nullable String start;

    Reader(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Where the first subscription begins; that of later ones is known by then. */
    public synchronized void began(String cursor) {
        if (start == null) {
            start = cursor;
        }
    }

    public synchronized void delivered(String event, String cursor) {
        delivered.add(new Entry(event, cursor));
        events.add(event);
    }

    public synchronized boolean has(String event) {
        return events.contains(event);
    }

    public synchronized int count() {
        return delivered.size();
    }

    /** Where to resume after; null before the first subscription. */
    public synchronized @Nullable String cursor() {
        return delivered.isEmpty() ? start : delivered.getLast().cursor();
    }

    synchronized List<Entry> delivered() {
        return List.copyOf(delivered);
    }
}
