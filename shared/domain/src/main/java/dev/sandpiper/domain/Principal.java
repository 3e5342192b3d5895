package dev.sandpiper.domain;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, as proven by a credential. Tenant and project come from here and from nowhere else.
 *
 * @param keyId the API key that was presented, or that a ticket was bought with; null when it was no key
 * @param channels what may be done on which channels
 * @param token for whom a token or an answer of the customer vouches; null when it was a key
 * @param retiresAt when the key stops working because another took its place; null when none did
 */
public record Principal(
        TenantId tenant,
        ProjectId project,
        @Nullable KeyId keyId,
        Set<Scope> scopes,
        ChannelAccess channels,
        @Nullable TokenIdentity token,
        @Nullable Instant retiresAt) {
    public Principal {
        scopes = Set.copyOf(scopes);
    }

    /** The holder of an API key that is not limited to some channels. */
    public Principal(TenantId tenant, ProjectId project, KeyId key, Set<Scope> scopes) {
        this(tenant, project, key, scopes, ChannelAccess.ALL, null);
    }

    public Principal(
            TenantId tenant,
            ProjectId project,
            @Nullable KeyId keyId,
            Set<Scope> scopes,
            ChannelAccess channels,
            @Nullable TokenIdentity token) {
        this(tenant, project, keyId, scopes, channels, token, null);
    }

    /** @throws PlatformException with {@link CredentialError.ApiKeyRequired} when it was no key */
    public KeyId key() {
        if (keyId == null) {
            throw new PlatformException(new CredentialError.ApiKeyRequired());
        }
        return keyId;
    }

    public boolean uses(KeyId key) {
        return key.equals(keyId);
    }

    /** Whom receivers of its events see; null for the holder of a key, who is a server and not a user. */
    public @Nullable String sender() {
        return token == null ? null : token.subject();
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

    /** @throws PlatformException with {@link CredentialError.ChannelNotAllowed} */
    public void require(Capability capability, Topic topic) {
        if (!channels.allows(capability, topic)) {
            throw new PlatformException(new CredentialError.ChannelNotAllowed(topic.name(), capability));
        }
    }

    /** On every channel that the pattern stands for. */
    public void require(Capability capability, TopicPattern pattern) {
        if (!channels.allows(capability, pattern)) {
            throw new PlatformException(new CredentialError.ChannelNotAllowed(pattern.text(), capability));
        }
    }
}
