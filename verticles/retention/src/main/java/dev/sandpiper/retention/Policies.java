package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.List;
import java.util.Map;

/**
 * Everything that was decided about retention, of all tenants, as of one moment.
 *
 * @param version that it is of: another one means that something was decided since
 * @param tenants limits of tenants, those of their plans included
 */
public record Policies(long version, Map<TenantId, Limits> tenants, Map<Project, Limits> projects, List<Hold> holds) {
    public static final Policies NONE = new Policies(0, Map.of(), Map.of(), List.of());

    /** A project is named within its tenant. */
    public record Project(TenantId tenant, ProjectId id) {}

    public Policies {
        tenants = Map.copyOf(tenants);
        projects = Map.copyOf(projects);
        holds = List.copyOf(holds);
    }

    /** Whether anything might ever have to go. */
    boolean limitAnything() {
        return !tenants.isEmpty() || !projects.isEmpty();
    }

    boolean isHeld(Subjects.Address address) {
        for (Hold hold : holds) {
            if (hold.tenant().equals(address.tenant())
                    && (hold.project() == null || hold.project().equals(address.project()))
                    && hold.topics().matches(address.topic())) {
                return true;
            }
        }
        return false;
    }
}
