package dev.sandpiper.tokens;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TokenIdentity;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every revocation that still matters. Asked at every request of a user: two look-ups, without a lock. Word may come twice and in any
 * order; what revokes more wins.
 */
final class RevocationBook {
    private final Map<Revocation.Subject, Revocation> revocations = new ConcurrentHashMap<>();

    boolean revokes(Principal who) {
        TokenIdentity token = who.token();
        return token != null && !revocations.isEmpty() && revokes(who.tenant(), who.project(), token);
    }

    private boolean revokes(TenantId tenant, ProjectId project, TokenIdentity token) {
        String id = token.id();
        if (id != null && revocations.containsKey(new Revocation.Subject(tenant, project, Revocation.Kind.TOKEN, id))) {
            return true;
        }
        Revocation ofUser =
                revocations.get(new Revocation.Subject(tenant, project, Revocation.Kind.USER, token.subject()));
        return ofUser != null && !token.issuedAt().isAfter(ofUser.issuedUntil());
    }

    void take(Revocation revocation) {
        revocations.merge(revocation.subject(), revocation, Revocation::wider);
    }

    void forgetExpired(Instant now) {
        revocations.values().removeIf(revocation -> !revocation.expiresAt().isAfter(now));
    }

    int size() {
        return revocations.size();
    }
}
