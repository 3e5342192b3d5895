package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.protocol.ReadingRange;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.StartPosition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where clients want to begin and to end, from what they write. */
final class Positions {
    private final CursorCodec cursors;

    Positions(CursorCodec cursors) {
        this.cursors = cursors;
    }

    /**
     * At most one of them is given.
     *
     * @param last 0 when it is not
     * @throws PlatformException with {@code INVALID_CURSOR}
     */
    StartPosition start(Principal principal, @Nullable String since, @Nullable Instant from, int last) {
        if (since != null) {
            return new StartPosition.After(cursors.decode(principal.tenant(), principal.project(), since));
        }
        if (from != null) {
            return new StartPosition.From(from);
        }
        return last > 0 ? new StartPosition.Newest(last) : new StartPosition.Live();
    }

    /**
     * @param until a cursor or a time, null for no end
     * @throws PlatformException with {@code INVALID_CURSOR}, or {@code INVALID_PARAMETER} when the end is before the start
     */
    @Nullable
    EndPosition end(Principal principal, @Nullable String until, StartPosition start) {
        if (until == null) {
            return null;
        }
        if (ReadingRange.isTime(until)) {
            Instant time = Timestamps.parse("until", until);
            ReadingRange.check(start instanceof StartPosition.From from ? from.time() : null, time);
            return new EndPosition.Before(time);
        }
        Cursor cursor = cursors.decode(principal.tenant(), principal.project(), until);
        ReadingRange.check(start instanceof StartPosition.After after ? after.cursor() : null, cursor);
        return new EndPosition.Through(cursor);
    }
}
