package dev.sandpiper.cells;

import dev.sandpiper.domain.TenantId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream as it was decided.
 *
 * @param cell its number
 * @param tenant whose alone it is; null for one that tenants share
 * @param memory whether it is kept in memory
 * @param replicas 0 for as many as the settings say
 * @param maxBytes 0 for as much as the settings say
 * @param maxAge null for as long as the settings say
 * @param usable whether tenants may be placed there by now
 */
public record StreamRow(
        int cell,
        @Nullable TenantId tenant,
        boolean memory,
        int replicas,
        long maxBytes,
        @Nullable Duration maxAge,
        boolean usable) {}
