package dev.sandpiper.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it was found, in the database or in an export: nothing of it is believed yet.
 *
 * @param details null when they were erased
 * @param salt null likewise
 * @param columns what the database finds it by; null in an export
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChainEntry(
        String chain,
        long seq,
        String envelope,
        @Nullable String details,
        byte @Nullable [] salt,
        byte[] signature,
        byte[] hash,
        @Nullable Columns columns) {

    /** What the database finds an entry by. */
    public record Columns(
            Instant at,
            String action,
            String project,
            @Nullable String actor,
            @Nullable String target) {}
}
