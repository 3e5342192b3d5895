package dev.sandpiper.domain;

import java.util.Optional;

/** What a topic promises; every publish receipt repeats it. */
public enum DeliveryClass {
    /** Core NATS only: at most once, no cursor. */
    EPHEMERAL("ephemeral"),
    /** Stored before it is acknowledged: at least once to a client that resumes, ordered per topic. */
    DURABLE("durable"),
    /** Stored once per dedupe key, and acknowledged twice by a consumer: takes effect once. */
    EXACTLY_ONCE("exactly-once");

    private final String wireName;

    DeliveryClass(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<DeliveryClass> named(String wireName) {
        for (DeliveryClass c : values()) {
            if (c.wireName.equals(wireName)) {
                return Optional.of(c);
            }
        }
        return Optional.empty();
    }
}
