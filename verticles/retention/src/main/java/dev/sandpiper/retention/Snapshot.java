package dev.sandpiper.retention;

import java.time.Instant;
import java.util.Map;

/**
 * What was counted, to be written down.
 *
 * @param sequence up to where
 * @param exact whether the sums were those of the stream, to the byte
 * @param all whether {@code changed} is everything that there is; otherwise it is what is new since the last one
 * @param changed nothing for a project that has no events any more
 */
public record Snapshot(
        Instant at, long sequence, Usage total, boolean exact, boolean all, Map<Policies.Project, Usage> changed) {
    public Snapshot {
        changed = Map.copyOf(changed);
    }
}
