package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;

/** The rules of topics as this node knows them, at most a second old. Never blocks, safe for use by several threads. */
public interface TopicRules {
    /** Nobody made any rules. */
    TopicRules NONE = (tenant, project, topic) -> TopicRule.NONE;

    /** The most specific rule whose pattern matches; {@link TopicRule#NONE} without one. */
    TopicRule of(TenantId tenant, ProjectId project, Topic topic);
}
