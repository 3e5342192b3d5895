package dev.sandpiper.tokens;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One who vouches for the users of a project.
 *
 * @param name what tokens must have as {@code iss}
 * @param audience what tokens must have among {@code aud}
 * @param url of the keys or of the endpoint; null for a secret
 * @param secret that tokens, or questions to the endpoint, are signed with; null for published keys
 * @param leeway by which clocks may differ
 * @param scopes the most that a user can have
 * @param channels what a user may do when the token does not say
 */
public record Issuer(
        IssuerId id,
        TenantId tenant,
        ProjectId project,
        IssuerType type,
        String name,
        String audience,
        @Nullable URI url,
        byte @Nullable [] secret,
        Duration leeway,
        Set<Scope> scopes,
        ChannelAccess channels,
        Instant createdAt) {
    /** Issuers of one project. */
    public static final int MAX_PER_PROJECT = 10;

    /** Scopes that users can have at all. */
    public static final Set<Scope> GRANTABLE = Set.of(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);

    private static final String OWN_AUDIENCES = "sandpiper:";

    public Issuer {
        scopes = Set.copyOf(scopes);
    }

    /** The audience by which a token names the project that it is for. */
    public static String audience(TenantId tenant, ProjectId project) {
        return OWN_AUDIENCES + tenant.value() + "/" + project.value();
    }

    /** Whether an audience names a project; only the platform gives such names. */
    public static boolean namesProject(String audience) {
        return audience.startsWith(OWN_AUDIENCES);
    }

    @Override
    public String toString() {
        return "Issuer[" + id + ", " + type + ", " + name + "]";
    }
}
