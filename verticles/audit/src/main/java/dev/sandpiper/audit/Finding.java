package dev.sandpiper.audit;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * Something that is not as it was when it was written.
 *
 * @param seq of the first entry concerned
 */
public record Finding(long seq, Kind kind, String message) {
    /** What was done, as far as it can be told. */
    public enum Kind {
        /** Text, details or a column are not what was signed. */
        EDITED,
        /** There are entries before and behind, but not here. */
        MISSING,
        /** Nobody with the installation's key wrote it, or it is a copy of another. */
        INSERTED,
        /** It does not follow the one before it. */
        MISPLACED,
        /** Entries and links agree with each other, and not with what a checkpoint vouches for. */
        REWRITTEN,
        /** A checkpoint vouches for newer entries than there are: an end was cut off, or a backup was put back. */
        TRUNCATED,
        /** What vouches for the entries is damaged itself. */
        CHECKPOINT
    }

    JsonObject json() {
        return new JsonObject()
                .put("seq", seq)
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("message", message);
    }
}
