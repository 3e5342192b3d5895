package dev.sandpiper.tokens;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TokenIdentity;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an issuer says about a user.
 *
 * @param id of the token, for revoking it; null when it has none
 * @param scopes null when the issuer's own apply
 * @param channels null likewise
 * @param expiresAt leeway included
 */
record Testimony(
        String subject,
        @Nullable String id,
        Instant issuedAt,
        Instant expiresAt,
        @Nullable Set<Scope> scopes,
        @Nullable ChannelAccess channels) {

    /** Who that is. Nobody gets more scopes than the issuer was given. */
    Principal principal(Issuer issuer) {
        Set<Scope> granted = EnumSet.noneOf(Scope.class);
        granted.addAll(scopes == null ? issuer.scopes() : scopes);
        granted.retainAll(issuer.scopes());
        return new Principal(
                issuer.tenant(),
                issuer.project(),
                null,
                granted,
                channels == null ? issuer.channels() : channels,
                new TokenIdentity(issuer.id(), subject, id, issuedAt, expiresAt));
    }
}
