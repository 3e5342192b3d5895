package dev.sandpiper.runtime.auth;

import dev.sandpiper.runtime.config.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The peppers that keys may have been made under: new ones are made under the first, and used ones go over to it. */
final class Peppers {
    private final Map<String, Pepper> byId = new LinkedHashMap<>();
    private final Pepper current;

    private Peppers(List<Secret> secrets) {
        secrets.forEach(secret -> {
            var pepper = new Pepper(secret);
            byId.put(pepper.id(), pepper);
        });
        this.current = byId.values().iterator().next();
    }

    /** @param secret the installation's own, which serves when no pepper is configured */
    static Peppers of(AuthConfig config, Secret secret) {
        return new Peppers(config.peppers().isEmpty() ? List.of(secret) : config.peppers());
    }

    Pepper current() {
        return current;
    }

    /** Null when this node does not have it. */
    @Nullable
    Pepper named(String id) {
        return byId.get(id);
    }
}
