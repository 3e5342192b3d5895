package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;

/** What is known about a project. */
public record ProjectInfo(TenantId tenant, ProjectId id, String name, ProjectLimits limits, Instant createdAt) {}
