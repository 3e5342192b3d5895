package dev.sandpiper.domain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a credential may do. */
public enum Scope {
    EVENTS_PUBLISH("events:publish"),
    EVENTS_SUBSCRIBE("events:subscribe"),
    ADMIN_READ("admin:read"),
    ADMIN_WRITE("admin:write"),
    BILLING_READ("billing:read"),
    /** Administers the whole installation, across tenants. */
    PLATFORM_OPERATE("platform:operate");

    private static final Map<String, Scope> BY_NAME = new HashMap<>();

    static {
        for (Scope scope : values()) {
            BY_NAME.put(scope.wireName, scope);
        }
    }

    private final String wireName;

    Scope(String wireName) {
        this.wireName = wireName;
    }

    /** The name on the wire and in the database, such as {@code events:publish}. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Scope> named(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }
}
