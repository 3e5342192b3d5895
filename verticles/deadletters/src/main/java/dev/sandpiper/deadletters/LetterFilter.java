package dev.sandpiper.deadletters;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which letters of a project are meant; null does not narrow.
 *
 * @param from only letters stored then or later
 * @param until only letters stored before
 */
public record LetterFilter(
        TenantId tenant,
        ProjectId project,
        @Nullable String consumer,
        @Nullable Topic topic,
        @Nullable Instant from,
        @Nullable Instant until) {
    /** Whether it means all letters of the project. */
    public boolean isOpen() {
        return consumer == null && topic == null && from == null && until == null;
    }
}
