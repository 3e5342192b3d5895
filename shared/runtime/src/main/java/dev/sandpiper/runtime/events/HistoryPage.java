package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import java.util.List;

/**
 * A page of history. It may be empty although there are more, when none of the events that were looked at is wanted.
 *
 * @param next the {@code since} of the next page, or for a page at the end, of whatever comes later
 * @param more whether another page is there already
 * @param opening whether {@code since} could be continued from; when not, the page starts at the oldest event that is left
 *     (the newest when backward)
 */
public record HistoryPage(List<StoredEvent> events, Cursor next, boolean more, FeedOpening opening) {
    public HistoryPage {
        events = List.copyOf(events);
    }
}
