package dev.sandpiper.tokens;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import org.jspecify.annotations.Nullable;

/** Whose issuers are meant: by default those of the caller's own project; another tenant's are for operators. */
record Place(TenantId tenant, ProjectId project) {
    /** @throws PlatformException with {@code INSUFFICIENT_SCOPE} or {@code INVALID_PARAMETER} */
    static Place of(Principal who, @Nullable TenantId tenant, @Nullable ProjectId project) {
        if (tenant != null && !tenant.equals(who.tenant())) {
            who.require(Scope.PLATFORM_OPERATE);
            if (project == null) {
                throw NewIssuerBody.fault("project", "is required with tenant");
            }
        }
        return new Place(tenant == null ? who.tenant() : tenant, project == null ? who.project() : project);
    }

    static TenantId tenant(String parameter, String text) {
        try {
            return new TenantId(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter(parameter, "is no tenant id"), e);
        }
    }

    static ProjectId project(String parameter, String text) {
        try {
            return new ProjectId(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter(parameter, "is no project id"), e);
        }
    }
}
