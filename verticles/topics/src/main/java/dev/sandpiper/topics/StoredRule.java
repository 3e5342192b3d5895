package dev.sandpiper.topics;

import dev.sandpiper.domain.TopicPattern;
import java.time.Instant;

/**
 * A rule as PostgreSQL has it.
 *
 * @param version grows with every change, and is not used again when the rule is deleted and made anew
 */
public record StoredRule(TopicPattern pattern, long version, RuleSpec spec, Instant createdAt, Instant updatedAt) {}
