package dev.sandpiper.cells;

import dev.sandpiper.cells.nats.Passage;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant on its way from one stream to another, or arrived there.
 *
 * @param copied events, of {@code total} that there were when it began
 * @param passage what makes cursors of the former stream understood; null before the tenant has arrived
 * @param note why it does not go on, or why it was given up; empty for nothing
 */
public record Move(
        long id,
        TenantId tenant,
        int source,
        int target,
        State state,
        long copied,
        long total,
        @Nullable Passage passage,
        String note,
        Instant startedAt,
        @Nullable Instant switchedAt,
        @Nullable Instant finishedAt) {
    /** How far it is. */
    public enum State {
        /** The tenant publishes and reads where it was. */
        COPYING,
        /** It has arrived; what was stored at the former place at the last moment follows, and then goes there. */
        SWEEPING,
        DONE,
        CANCELLED
    }
}
