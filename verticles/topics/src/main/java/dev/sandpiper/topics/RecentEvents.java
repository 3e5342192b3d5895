package dev.sandpiper.topics;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import io.vertx.core.Future;
import java.util.List;

/** What was published to topics lately, for finding out what a new rule would have refused. */
public interface RecentEvents {
    /**
     * The newest stored events of the topics that a pattern matches, newest first. Fails with a {@link
     * dev.sandpiper.domain.PlatformException}.
     *
     * @param limit 1 to 1,000
     */
    Future<List<StoredEvent>> newest(TenantId tenant, ProjectId project, TopicPattern pattern, int limit);
}
