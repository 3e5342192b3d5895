package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a page of history has found so far, bounded by count, by bytes and by how many events were looked at. */
final class Findings {
    private static final int MAX_PAGE_BYTES = 4 << 20;

    /** Of events that are looked at for one page, wanted or not. */
    private static final int MAX_LOOKED_AT = 10_000;

    private final List<StoredEvent> events = new ArrayList<>();
    private final int limit;
    private final long lookUntil;
    private long bytes;
    private int lookedAt;
    private long reached = -1;
    private boolean cut;

    /**
     * @param limit events that are wanted
     * @param lookUntil in nanoseconds, when to be content with what there is, if not every event is wanted
     */
    Findings(int limit, long lookUntil) {
        this.limit = limit;
        this.lookUntil = lookUntil;
    }

    /** The next event in reading order; ignored when there is enough. */
    void look(StoredEvent event, boolean wanted) {
        if (isEnough()) {
            return;
        }
        if (wanted && bytes > 0 && bytes + event.weight() > MAX_PAGE_BYTES) {
            cut = true;
            return;
        }
        lookedAt++;
        if (wanted) {
            events.add(event);
            bytes += event.weight();
        }
        if (events.size() <= limit) {
            reached = event.sequence();
        }
        boolean selects = lookedAt > events.size();
        if (lookedAt >= MAX_LOOKED_AT || (selects && System.nanoTime() - lookUntil > 0)) {
            cut = true;
        }
    }

    /** What follows cannot be a part of the same page. */
    void cut() {
        cut = true;
    }

    /** Whether any event was looked at. */
    boolean isBegun() {
        return reached >= 0;
    }

    /** One more than is wanted tells that there are more. */
    boolean isEnough() {
        return cut || events.size() > limit;
    }

    /** How many are wanted yet, at least 1. */
    int wanted() {
        return Math.max(1, limit + 1 - events.size());
    }

    boolean more() {
        return isEnough();
    }

    List<StoredEvent> events() {
        return Collections.unmodifiableList(events.size() > limit ? events.subList(0, limit) : events);
    }

    /** Sequence of the last event of the page or, when others were looked at after it that are not wanted, of the last of those. */
    long reached(long otherwise) {
        return isBegun() ? reached : otherwise;
    }
}
