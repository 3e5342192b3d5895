package dev.sandpiper.consumers;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;

/**
 * A consumer between two resets.
 *
 * @param durable as in {@link Consumer#durable()}
 */
public record Incarnation(TenantId tenant, ProjectId project, String durable) {
    public static Incarnation of(Consumer consumer) {
        return new Incarnation(consumer.tenant(), consumer.project(), consumer.durable());
    }
}
