package dev.sandpiper.runtime.events;

/** Why a cursor cannot be resumed from without a gap. */
public enum UnrecoveredReason {
    /** The stream is another incarnation than the one that the cursor was made in, or lost its tail. */
    EPOCH_CHANGED("epoch_changed"),
    /** Retention removed events after the cursor. */
    TRIMMED("trimmed");

    private final String wireName;

    UnrecoveredReason(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
