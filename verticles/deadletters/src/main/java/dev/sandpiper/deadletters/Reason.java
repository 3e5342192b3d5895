package dev.sandpiper.deadletters;

import java.util.Optional;

/** Why an event became a dead letter. */
public enum Reason {
    /** It was delivered as often as the consumer allows and never acknowledged. */
    MAX_DELIVER("max_deliver"),
    /** The consumer said that it is of no use to deliver it again. */
    TERMINATED("terminated"),
    /** One of our own features could not process it. */
    UNPROCESSABLE("unprocessable");

    private final String wireName;

    Reason(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<Reason> named(String wireName) {
        for (Reason reason : values()) {
            if (reason.wireName.equals(wireName)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
