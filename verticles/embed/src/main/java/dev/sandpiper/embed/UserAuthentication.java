package dev.sandpiper.embed;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * How an application that embeds a node vouches for its users itself, such as by a session of its own. Registered by {@link
 * SandpiperBuilder#authentication}.
 *
 * <p>Called on an event loop for every request and every {@code auth} frame, so keep what was found out. Open connections end when
 * {@link User#expiresAt} comes, and when the user is revoked as described for {@code POST /v1/admin/tokens/revoke}.
 */
@FunctionalInterface
public interface UserAuthentication {
    /**
     * Whose credential it is; empty for nobody's. A failure means that it cannot be said now: the client is told to try again.
     *
     * @param credential what followed the name and {@code ~}
     */
    Future<Optional<User>> check(String credential);

    /**
     * A user.
     *
     * @param subject whom receivers of its events see; 1 to 128 printable characters
     * @param scopes {@link Scope#EVENTS_PUBLISH} and {@link Scope#EVENTS_SUBSCRIBE}; others are left out
     */
    record User(
            TenantId tenant,
            ProjectId project,
            String subject,
            Set<Scope> scopes,
            ChannelAccess channels,
            Instant issuedAt,
            Instant expiresAt) {}
}
