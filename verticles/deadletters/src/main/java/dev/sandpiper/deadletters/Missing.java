package dev.sandpiper.deadletters;

import java.util.Optional;

/** Why a letter lacks its event's body. */
public enum Missing {
    /** Retention had removed the event before the letter was written; nothing is known of it but its position. */
    TRIMMED("trimmed"),
    /** Event and letter together are larger than a message may be. */
    TOO_LARGE("too_large");

    private final String wireName;

    Missing(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<Missing> named(String wireName) {
        for (Missing missing : values()) {
            if (missing.wireName.equals(wireName)) {
                return Optional.of(missing);
            }
        }
        return Optional.empty();
    }
}
