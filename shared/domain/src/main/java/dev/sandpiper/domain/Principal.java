package dev.sandpiper.domain;

import java.util.Set;

/**
 * Who is asking, as proven by a credential. Tenant and project come from here and from nowhere else.
 *
 * @param key the API key that was presented, or that a ticket was bought with
 */
public record Principal(TenantId tenant, ProjectId project, KeyId key, Set<Scope> scopes) {
    public Principal {
        scopes = Set.copyOf(scopes);
    }

    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }

    /** @throws PlatformException with {@link CredentialError.InsufficientScope} */
    public void require(Scope scope) {
        if (!scopes.contains(scope)) {
            throw new PlatformException(new CredentialError.InsufficientScope(scope));
        }
    }
}
