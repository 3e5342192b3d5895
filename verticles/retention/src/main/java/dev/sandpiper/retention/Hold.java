package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A legal hold: what it covers is not removed, whatever the limits, until it is released.
 *
 * @param project null for all of the tenant
 * @param reason for people
 */
public record Hold(
        String id,
        TenantId tenant,
        @Nullable ProjectId project,
        TopicPattern topics,
        String reason,
        Instant placedAt) {}
