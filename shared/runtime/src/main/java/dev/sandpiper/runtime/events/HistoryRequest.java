package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One page of the past of a topic, or of several.
 *
 * @param since exclusive: pages go on from here, towards the future or, when {@code backward}, towards the past
 * @param from inclusive lower bound by time
 * @param until upper bound, null for none
 * @param filter which events are wanted, null for all. A page looks at a bounded number of events, so with a filter, or a pattern,
 *     it may hold fewer than {@code limit} although there are more
 * @param backward newest first
 * @param limit 1 to {@value #MAX_LIMIT} events
 * @param bulk whether the page is one of many that are read without a pause, and waits for its turn like a replay
 */
public record HistoryRequest(
        TenantId tenant,
        ProjectId project,
        TopicPattern topics,
        @Nullable Cursor since,
        @Nullable Instant from,
        @Nullable EndPosition until,
        @Nullable EventFilter filter,
        boolean backward,
        int limit,
        boolean bulk) {
    public static final int MAX_LIMIT = 1_000;

    /** A page of one topic's past, without upper bound and filter. */
    public HistoryRequest(
            TenantId tenant,
            ProjectId project,
            Topic topic,
            @Nullable Cursor since,
            @Nullable Instant from,
            boolean backward,
            int limit) {
        this(tenant, project, TopicPattern.of(topic), since, from, null, null, backward, limit, false);
    }
}
