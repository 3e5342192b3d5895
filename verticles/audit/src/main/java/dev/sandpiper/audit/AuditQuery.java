package dev.sandpiper.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which entries somebody wants to see, the newest first. Null is for all.
 *
 * @param action exactly, or its beginning followed by {@code *}
 * @param actor kind and id, {@code key:0AbC…}, or the kind alone
 * @param target likewise
 * @param before the position behind which a page goes on
 */
public record AuditQuery(
        @Nullable String chain,
        @Nullable String action,
        @Nullable String actor,
        @Nullable String target,
        @Nullable String project,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable Long before,
        int limit) {}
