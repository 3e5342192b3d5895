package dev.sandpiper.tokens;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Issuers and revocations, for good. Tenant and project are explicit in every call but those by which nodes follow changes. Futures
 * fail with a {@link dev.sandpiper.domain.PlatformException}: {@code DATABASE_UNAVAILABLE}, or what the method names. Every change
 * is in the audit trail.
 */
public interface TokenStore {
    /** Fails with {@code RESOURCE_NOT_FOUND} without the project, {@code ISSUER_EXISTS}, {@code TOO_MANY_ISSUERS}. */
    Future<Void> create(Issuer issuer, AuditOrigin origin);

    Future<Optional<Issuer>> find(TenantId tenant, IssuerId id);

    /** Oldest first, of one project. */
    Future<List<Issuer>> list(TenantId tenant, ProjectId project);

    /**
     * What can be changed; null for what stays.
     */
    record Change(
            @Nullable Duration leeway,
            @Nullable Set<Scope> scopes,
            @Nullable ChannelAccess channels) {}

    /** The issuer as it is now. Fails with {@code RESOURCE_NOT_FOUND}. */
    Future<Issuer> change(TenantId tenant, IssuerId id, Change change, AuditOrigin origin);

    /** Fails with {@code RESOURCE_NOT_FOUND}. */
    Future<Void> delete(TenantId tenant, IssuerId id, AuditOrigin origin);

    /** Adds to what was revoked of the same before. Fails with {@code RESOURCE_NOT_FOUND} without the project. */
    Future<Revocation> revoke(Revocation revocation, AuditOrigin origin);

    /**
     * What happened after a version.
     *
     * @param version to ask with next
     * @param startAgain the version is of the future: the database is an older one now, and everything must be asked for again
     * @param more there is more: ask again at once
     */
    record Changes<T>(List<T> changed, long version, boolean startAgain, boolean more) {}

    /** @param issuer null for one that is no more */
    record IssuerState(IssuerId id, @Nullable Issuer issuer) {}

    Future<Changes<IssuerState>> issuersSince(long version);

    /** Without those whose time is over. */
    Future<Changes<Revocation>> revocationsSince(long version, Instant now);

    /** Removes revocations whose time is over. */
    Future<Void> purge(Instant now);
}
