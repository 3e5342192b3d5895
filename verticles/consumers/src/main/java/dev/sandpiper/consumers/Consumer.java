package dev.sandpiper.consumers;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;

/**
 * A durable consumer of a project.
 *
 * @param durable the JetStream consumer's name; another one after a reset
 */
public record Consumer(
        TenantId tenant,
        ProjectId project,
        String durable,
        ConsumerSpec spec,
        ConsumerStart start,
        boolean paused,
        Instant createdAt) {
    public String name() {
        return spec.name();
    }
}
