package dev.sandpiper.deadletters;

import java.util.Optional;

/** Whom a letter's event is sent to again. */
public enum RedriveTarget {
    /** The consumer that failed, and nobody else. */
    CONSUMER("consumer"),
    /** Everybody: it is published to its topic once more. */
    TOPIC("topic");

    private final String wireName;

    RedriveTarget(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<RedriveTarget> named(String wireName) {
        for (RedriveTarget target : values()) {
            if (target.wireName.equals(wireName)) {
                return Optional.of(target);
            }
        }
        return Optional.empty();
    }
}
