package dev.sandpiper.tokens;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Issuers over REST, and revoking tokens. {@code admin:read} and {@code admin:write} reach the projects of the caller's own tenant, by
 * default the caller's; {@code platform:operate} reaches any, by naming tenant and project.
 */
final class IssuerRoutes implements Routes {
    private static final String PATH = "/admin/issuers";
    private static final String ONE = PATH + "/:id";
    private static final int MAX_BODY = 32 * 1024;
    private static final Set<String> TENANT = Set.of("tenant");
    private static final Set<String> WHERE = Set.of("tenant", "project");

    private final TokenAdmin admin;

    IssuerRoutes(TokenAdmin admin) {
        this.admin = admin;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(PATH).handler(request -> create(request, context));
        router.get(PATH).handler(request -> list(request, context));
        router.get(ONE).handler(request -> find(request, context));
        router.patch(ONE).handler(request -> change(request, context));
        router.delete(ONE).handler(request -> delete(request, context));
        router.post("/admin/tokens/revoke").handler(request -> revoke(request, context));
    }

    private void create(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY).compose(body -> {
                        NewIssuerBody wanted = NewIssuerBody.parse(body);
                        Place place = Place.of(who, wanted.tenant(), wanted.project());
                        return admin.create(
                                place.tenant(), place.project(), wanted, AuditOrigin.of(who, request, context));
                    });
                })
                .onComplete(
                        created -> context.answer(request, 201, IssuerJson.created(created)),
                        failure -> context.fail(request, failure));
    }

    private void list(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, WHERE);
                    Place place = Place.of(who, tenant(query), project(query));
                    return admin.list(place.tenant(), place.project());
                })
                .onComplete(
                        issuers -> context.answer(request, 200, IssuerJson.list(issuers)),
                        failure -> context.fail(request, failure));
    }

    private void find(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> admin.find(tenantOfOne(who, request), id(request)))
                .onComplete(
                        issuer -> context.answer(request, 200, IssuerJson.encode(issuer)),
                        failure -> context.fail(request, failure));
    }

    private void change(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    TenantId tenant = tenantOfOne(who, request);
                    IssuerId id = id(request);
                    return context.json(request, MAX_BODY)
                            .compose(body -> admin.change(
                                    tenant, id, NewIssuerBody.change(body), AuditOrigin.of(who, request, context)));
                })
                .onComplete(
                        issuer -> context.answer(request, 200, IssuerJson.encode(issuer)),
                        failure -> context.fail(request, failure));
    }

    private void delete(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who ->
                        admin.delete(tenantOfOne(who, request), id(request), AuditOrigin.of(who, request, context)))
                .onComplete(done -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private void revoke(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY).compose(bytes -> {
                        RevokeBody body = RevokeBody.parse(bytes);
                        Place place = Place.of(who, body.tenant(), body.project());
                        return admin.revoke(
                                place.tenant(),
                                place.project(),
                                body.kind(),
                                body.value(),
                                body.before(),
                                AuditOrigin.of(who, request, context));
                    });
                })
                .onComplete(
                        revoked -> context.answer(request, 200, IssuerJson.encode(revoked)),
                        failure -> context.fail(request, failure));
    }

    /** Who is asking, when the scope or being an operator allows it. */
    private static Future<Principal> authorized(RoutingContext request, RouteContext context, Scope scope) {
        return context.authenticate(request).map(who -> {
            if (!who.has(Scope.PLATFORM_OPERATE)) {
                who.require(scope);
            }
            return who;
        });
    }

    /** An id is unique, but only within the tenant is it anything at all. */
    private static TenantId tenantOfOne(Principal who, RoutingContext request) {
        TenantId named = tenant(QueryParameters.of(request, TENANT));
        return named == null
                ? who.tenant()
                : Place.of(who, named, who.project()).tenant();
    }

    private static @Nullable TenantId tenant(QueryParameters query) {
        String tenant = query.get("tenant");
        return tenant == null ? null : Place.tenant("tenant", tenant);
    }

    private static @Nullable ProjectId project(QueryParameters query) {
        String project = query.get("project");
        return project == null ? null : Place.project("project", project);
    }

    private static IssuerId id(RoutingContext request) {
        String id = request.pathParam("id");
        try {
            return new IssuerId(id == null ? "" : id);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new ConflictError.ResourceNotFound("issuer"), e);
        }
    }
}
