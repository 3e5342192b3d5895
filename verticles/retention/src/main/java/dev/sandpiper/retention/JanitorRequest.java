package dev.sandpiper.retention;

import dev.sandpiper.domain.TopicPattern;

/**
 * To the janitor, from any node.
 *
 * @param tenant the rest is for {@link Operation#PURGE}; otherwise empty
 * @param topics a {@link TopicPattern}
 * @param before only events that were stored before, in milliseconds since 1970
 * @param dryRun whether to tell only what would go
 */
record JanitorRequest(Operation operation, String tenant, String project, String topics, long before, boolean dryRun) {
    /** What to do. */
    enum Operation {
        /** Something was decided: look at once. */
        LOOK,
        /** Count up to now, and write it down. */
        COUNT,
        /** Remove events of a project. */
        PURGE,
        /** Compare what was counted with the stream. */
        CHECK,
        /** Tell about the stream. */
        DESCRIBE
    }

    static JanitorRequest of(Operation operation) {
        return new JanitorRequest(operation, "", "", "", 0, false);
    }
}
