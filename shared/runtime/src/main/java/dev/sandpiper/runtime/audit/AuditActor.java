package dev.sandpiper.runtime.audit;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.TokenIdentity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who did something, or tried to.
 *
 * @param id of the user, the key, or the part of the platform; empty for nobody
 * @param tenant whose user or key it is; null for the platform itself and for nobody
 */
public record AuditActor(Kind kind, String id, @Nullable String tenant) {
    /** A caller whose credential proves nothing. */
    public static final AuditActor NOBODY = new AuditActor(Kind.NOBODY, "", null);

    /** What an actor is. */
    public enum Kind {
        USER,
        KEY,
        /** The platform by itself, such as a janitor. */
        SYSTEM,
        NOBODY;

        /** As in entries: {@code user}, {@code key}, {@code system}, {@code nobody}. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static AuditActor of(Principal who) {
        String tenant = who.tenant().value();
        KeyId key = who.keyId();
        if (key != null) {
            return new AuditActor(Kind.KEY, key.value(), tenant);
        }
        TokenIdentity token = who.token();
        return token == null ? NOBODY : user(token.subject(), tenant);
    }

    public static AuditActor user(String id, String tenant) {
        return new AuditActor(Kind.USER, id, tenant);
    }

    /** @param part such as {@code retention} */
    public static AuditActor system(String part) {
        return new AuditActor(Kind.SYSTEM, part, null);
    }
}
