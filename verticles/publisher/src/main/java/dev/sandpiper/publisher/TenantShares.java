package dev.sandpiper.publisher;

import dev.sandpiper.domain.TenantId;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds what waits, so that no tenant fills all of the room: none may have more waiting than is left free, as in {@link
 * FairQueue}. Safe for use by several threads.
 */
final class TenantShares {
    private final int max;
    private final Map<TenantId, Integer> counts = new HashMap<>();
    private int all;

    TenantShares(int max) {
        this.max = max;
    }

    /** False when the tenant has its share already; otherwise {@link #leave} must follow. */
    synchronized boolean enter(TenantId tenant) {
        int held = counts.getOrDefault(tenant, 0);
        if (held >= max - all) {
            return false;
        }
        counts.put(tenant, held + 1);
        all++;
        return true;
    }

    synchronized void leave(TenantId tenant) {
        all--;
        counts.computeIfPresent(tenant, (same, held) -> held == 1 ? null : held - 1);
    }
}
