package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One page of a topic's past.
 *
 * @param since exclusive: pages go on from here, towards the future or, when {@code backward}, towards the past
 * @param from inclusive lower bound by time
 * @param backward newest first
 * @param limit 1 to {@value #MAX_LIMIT} events
 */
public record HistoryRequest(
        TenantId tenant,
        ProjectId project,
        Topic topic,
        @Nullable Cursor since,
        @Nullable Instant from,
        boolean backward,
        int limit) {
    public static final int MAX_LIMIT = 1_000;
}
