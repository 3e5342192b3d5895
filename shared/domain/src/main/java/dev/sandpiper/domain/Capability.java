package dev.sandpiper.domain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a credential may do on a channel, beside the {@link Scope} that it needs for it. */
public enum Capability {
    /** Live events, and those missed since a cursor. */
    SUBSCRIBE("subscribe"),
    PUBLISH("publish"),
    PRESENCE("presence"),
    /** Events of the past: pages, exports, and subscriptions that begin at a time or with the newest so many. */
    HISTORY("history");

    private static final Map<String, Capability> BY_NAME = new HashMap<>();

    static {
        for (Capability capability : values()) {
            BY_NAME.put(capability.wireName, capability);
        }
    }

    private final String wireName;

    Capability(String wireName) {
        this.wireName = wireName;
    }

    /** The name on the wire and in the database, such as {@code subscribe}. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Capability> named(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }
}
