package dev.sandpiper.http.admin;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may administer what: {@code admin:read} and {@code admin:write} the caller's own tenant, {@code platform:operate} any. */
final class AdminAccess {
    static final int MAX_BODY = 16 * 1024;
    static final int DEFAULT_LIMIT = 50;
    static final int MAX_LIMIT = 500;

    private AdminAccess() {}

    /** Who is asking, when the scope or being an operator allows it. */
    static Future<Principal> authorized(RoutingContext request, RouteContext context, Scope scope) {
        return context.authenticate(request).map(who -> {
            if (!who.has(Scope.PLATFORM_OPERATE)) {
                who.require(scope);
            }
            return who;
        });
    }

    /** The tenant that is meant: another than the caller's own is for operators. */
    static TenantId tenant(Principal who, @Nullable TenantId named) {
        if (named == null || named.equals(who.tenant())) {
            return who.tenant();
        }
        who.require(Scope.PLATFORM_OPERATE);
        return named;
    }

    /** The one that the query names, and nothing else. */
    static TenantId tenant(Principal who, RoutingContext request) {
        return tenant(who, named(QueryParameters.of(request, Set.of("tenant"))));
    }

    static @Nullable TenantId named(QueryParameters query) {
        String tenant = query.get("tenant");
        return tenant == null ? null : AdminFields.tenant("tenant", tenant);
    }
}
