package dev.sandpiper.runtime.audit;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.ext.web.RoutingContext;

/**
 * Where a change comes from. A route makes it and hands it down to the store, which knows what was there before.
 *
 * @param requestId as in {@code X-Request-Id}; empty without a request
 * @param address the client's; empty without a request
 */
public record AuditOrigin(AuditActor actor, String requestId, String address) {
    public static AuditOrigin of(Principal who, RoutingContext request, RouteContext context) {
        return new AuditOrigin(AuditActor.of(who), context.requestId(request), context.clientAddress(request));
    }

    /** Of what the platform does by itself. */
    public static AuditOrigin system(String part) {
        return new AuditOrigin(AuditActor.system(part), "", "");
    }
}
