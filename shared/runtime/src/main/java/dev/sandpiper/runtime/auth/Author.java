package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Who changes what is administered.
 *
 * @param principal null for the platform itself, which may do anything
 * @param origin for the audit trail
 */
public record Author(@Nullable Principal principal, AuditOrigin origin) {
    /** Whoever sets an installation up. */
    public static final Author SETUP = new Author(null, AuditOrigin.system("setup"));

    public static Author of(Principal who, RoutingContext request, RouteContext context) {
        return new Author(who, AuditOrigin.of(who, request, context));
    }

    boolean isOperator() {
        return principal == null || principal.has(Scope.PLATFORM_OPERATE);
    }

    /** @throws PlatformException with {@link CredentialError.InsufficientScope} */
    void requireOperator() {
        if (principal != null) {
            principal.require(Scope.PLATFORM_OPERATE);
        }
    }

    /** No more of the database than the change needs: another tenant than the author's own is for operators. */
    DatabaseAccess access(Database database, TenantId tenant) {
        if (principal != null && principal.tenant().equals(tenant)) {
            return database.forTenant(tenant);
        }
        requireOperator();
        return database.platform();
    }
}
