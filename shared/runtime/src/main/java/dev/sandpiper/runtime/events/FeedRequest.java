package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.util.List;

/**
 * What to subscribe to.
 *
 * @param topics at least one, all different; their events arrive merged in stream order, so that one cursor serves all
 */
public record FeedRequest(TenantId tenant, ProjectId project, List<Topic> topics, StartPosition start) {
    public FeedRequest {
        topics = List.copyOf(topics);
        if (topics.isEmpty()) {
            throw new IllegalArgumentException("a subscription has at least one topic");
        }
    }
}
