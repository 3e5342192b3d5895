package dev.sandpiper.tokens;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is not believed in a project although an issuer says so.
 *
 * @param value a token's id or a user, by kind
 * @param issuedUntil of a user: tokens issued up to this moment; of a token it does not matter
 * @param expiresAt when the last token that this can be about has expired by itself
 */
public record Revocation(
        TenantId tenant, ProjectId project, Kind kind, String value, Instant issuedUntil, Instant expiresAt) {
    /** What is named. */
    public enum Kind {
        TOKEN,
        USER;

        /** As in the API and the database. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of which revocation of the same thing this is another state. */
    Subject subject() {
        return new Subject(tenant, project, kind, value);
    }

    /** What is revoked. */
    record Subject(TenantId tenant, ProjectId project, Kind kind, String value) {}

    /** The one that revokes more. */
    static Revocation wider(@Nullable Revocation one, Revocation other) {
        if (one == null) {
            return other;
        }
        Instant until = one.issuedUntil.isAfter(other.issuedUntil) ? one.issuedUntil : other.issuedUntil;
        Instant expiry = one.expiresAt.isAfter(other.expiresAt) ? one.expiresAt : other.expiresAt;
        return new Revocation(one.tenant, one.project, one.kind, one.value, until, expiry);
    }
}
