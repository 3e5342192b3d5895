package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a tenant.
 *
 * @param status as on the wire, such as {@code past_due}
 * @param suspendedAt null unless it is suspended
 * @param suspendedReason for its administrators to read
 */
public record TenantInfo(
        TenantId id,
        String name,
        String status,
        String plan,
        Instant createdAt,
        @Nullable Instant suspendedAt,
        @Nullable String suspendedReason) {}
