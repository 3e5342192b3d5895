package dev.sandpiper.publisher;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.runtime.nats.EventCodec;
import org.jspecify.annotations.Nullable;

/**
 * "Only if the topic has no event behind this position": what JetStream is asked for, and what its refusal means. JetStream
 * compares with the sequence of the topic's newest event, while a position may be any sequence at or behind it; so a refusal
 * that names an older event than the position is answered by asking again with that event's.
 */
final class Precondition {
    /** No event has this sequence: for a position of another incarnation of the stream, which no event can be compared with. */
    private static final long NEVER = Long.MAX_VALUE;

    private Precondition() {}

    /** The sequence to expect first; {@link EventCodec#ANY_LAST} without a precondition. */
    static long expected(@Nullable PublishOptions options, int epoch) {
        Cursor position = options == null ? null : options.ifLast();
        if (position == null) {
            return EventCodec.ANY_LAST;
        }
        return position.sequence() == 0 || position.epoch() == epoch ? position.sequence() : NEVER;
    }

    /** Whether it holds although JetStream refused, because the topic's newest event lies before the position. */
    static boolean holds(@Nullable PublishOptions options, int epoch, long last) {
        long expected = expected(options, epoch);
        return expected != NEVER && last >= 0 && last <= expected;
    }
}
