package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;

/**
 * A key is not what it was; told to every node.
 *
 * @param version that the row has since the change: a change with a lower one is older
 */
record KeyChange(KeyId id, long version, Kind kind) {
    enum Kind {
        /** Load it again before it is believed. */
        CHANGED,
        /** Likewise, and it may do less than before: connections that it opened are to come back. */
        NARROWED,
        /** For good. */
        GONE
    }

    /** Whether what the key opened must end. */
    boolean cuts() {
        return kind != Kind.CHANGED;
    }
}
