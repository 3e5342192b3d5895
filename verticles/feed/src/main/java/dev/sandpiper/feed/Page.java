package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import java.util.List;

/**
 * Part of a topic's stored events.
 *
 * @param after the events come after this sequence
 * @param events in order
 * @param seen the highest sequence in the page, {@code after} when there was none; above that of the last event when somebody
 *     wrote to the topic what is no event
 * @param anchored whether the event at {@code after} itself was still there when the page was read. Retention removes from the
 *     front, so then nothing after it can be missing; otherwise somebody has to compare with the stream's first sequence
 * @param ended whether whoever answered had no more; it may be a replica that lags
 * @param pending how many more there were, roughly
 */
record Page(long after, List<StoredEvent> events, long seen, boolean anchored, boolean ended, long pending) {
    /** Whether whoever answered had what is stored at {@code sequence}, or above. */
    boolean reaches(long sequence) {
        return seen >= sequence;
    }
}
