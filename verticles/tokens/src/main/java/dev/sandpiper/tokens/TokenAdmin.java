package dev.sandpiper.tokens;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.auth.Base62;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes issuers and revokes tokens: in PostgreSQL first, then by word to every node. Tenant and project are explicit. */
final class TokenAdmin {
    private final TokenStore store;
    private final TokenNews news;
    private final TokensConfig config;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    TokenAdmin(TokenStore store, TokenNews news, TokensConfig config, Clock clock) {
        this.store = store;
        this.news = news;
        this.config = config;
        this.clock = clock;
    }

    /** @param secret null when the caller knows it, or there is none */
    record Created(Issuer issuer, @Nullable String secret) {
        @Override
        public String toString() {
            return "Created[" + issuer + "]";
        }
    }

    Future<Created> create(TenantId tenant, ProjectId project, NewIssuerBody wanted, AuditOrigin origin) {
        boolean secretNeeded = wanted.type() != IssuerType.JWKS;
        String given = wanted.secret();
        String made = secretNeeded && given == null ? Base62.random(random, Base62.LENGTH_OF_256_BITS) : null;
        String secret = given == null ? made : given;
        var issuer = new Issuer(
                new IssuerId(Base62.random(random, IssuerId.LENGTH)),
                tenant,
                project,
                wanted.type(),
                wanted.issuer(),
                wanted.audience() == null ? Issuer.audience(tenant, project) : wanted.audience(),
                wanted.url(),
                secret == null ? null : secret.getBytes(StandardCharsets.UTF_8),
                wanted.leeway(),
                wanted.scopes(),
                wanted.channels(),
                now());
        return store.create(issuer, origin)
                .compose(done -> known(issuer.id(), issuer))
                .map(done -> new Created(issuer, made));
    }

    Future<Issuer> find(TenantId tenant, IssuerId id) {
        return store.find(tenant, id)
                .map(found ->
                        found.orElseThrow(() -> new PlatformException(new ConflictError.ResourceNotFound("issuer"))));
    }

    Future<List<Issuer>> list(TenantId tenant, ProjectId project) {
        return store.list(tenant, project);
    }

    Future<Issuer> change(TenantId tenant, IssuerId id, TokenStore.Change change, AuditOrigin origin) {
        return store.change(tenant, id, change, origin)
                .compose(changed -> known(id, changed).map(changed));
    }

    Future<Void> delete(TenantId tenant, IssuerId id, AuditOrigin origin) {
        return store.delete(tenant, id, origin).compose(done -> known(id, null));
    }

    /** Here before the caller is answered, elsewhere as soon as it is heard of. */
    private Future<Void> known(IssuerId id, @Nullable Issuer issuer) {
        return news.stored(new TokenStore.IssuerState(id, issuer))
                .onSuccess(done -> news.announce(new TokenChange(null)));
    }

    /**
     * @param before of a user: tokens issued up to then; null for now
     */
    Future<Revocation> revoke(
            TenantId tenant,
            ProjectId project,
            Revocation.Kind kind,
            String value,
            @Nullable Instant before,
            AuditOrigin origin) {
        Instant now = now();
        if (before != null && before.isAfter(now)) {
            throw NewIssuerBody.fault("before", "must not be in the future");
        }
        // No token that is believed now ends later.
        Instant expiresAt = now.plus(config.maxLifetime()).plus(NewIssuerBody.MAX_LEEWAY.multipliedBy(2));
        var revocation = new Revocation(tenant, project, kind, value, before == null ? now : before, expiresAt);
        return store.revoke(revocation, origin).onSuccess(done -> news.announce(new TokenChange(done)));
    }

    /** As precise as the word to other nodes. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
