package dev.sandpiper.http.admin;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.Author;
import dev.sandpiper.runtime.auth.TenantInfo;
import dev.sandpiper.runtime.auth.Tenants;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tenants over REST: for operators, but that everybody with {@code admin:read} may look at the own one. */
public final class TenantRoutes implements Routes {
    private static final String PATH = "/admin/tenants";
    private static final String DEFAULT_PLAN = "free";

    private final Tenants tenants;

    public TenantRoutes(Tenants tenants) {
        this.tenants = tenants;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(PATH).handler(request -> create(request, context));
        router.get(PATH).handler(request -> list(request, context));
        router.get(PATH + "/:id").handler(request -> find(request, context));
        router.patch(PATH + "/:id").handler(request -> change(request, context));
    }

    private void create(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.PLATFORM_OPERATE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, AdminAccess.MAX_BODY).compose(body -> {
                        TenancyBody wanted = TenancyBody.parse(body, TenancyBody.NEW_TENANT);
                        String plan = wanted.plan();
                        return tenants.create(
                                wanted.tenantId(),
                                wanted.requiredName(),
                                plan == null ? DEFAULT_PLAN : plan,
                                Author.of(who, request, context));
                    });
                })
                .onComplete(
                        tenant -> context.answer(request, 201, TenancyJson.tenant(tenant)),
                        failure -> context.fail(request, failure));
    }

    private void list(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.PLATFORM_OPERATE)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("limit", "after"));
                    return tenants.list(
                            query.number("limit", AdminAccess.DEFAULT_LIMIT, AdminAccess.MAX_LIMIT),
                            query.get("after"));
                })
                .onComplete(
                        page -> context.answer(request, 200, TenancyJson.tenants(page)),
                        failure -> context.fail(request, failure));
    }

    private void find(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return tenants.find(visible(who, id(request.pathParam("id"))));
                })
                .onComplete(answer(request, context), failure -> context.fail(request, failure));
    }

    private void change(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.PLATFORM_OPERATE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    TenantId id = id(request.pathParam("id"));
                    return context.json(request, AdminAccess.MAX_BODY).compose(body -> {
                        TenancyBody wanted = TenancyBody.parse(body, TenancyBody.TENANT);
                        return tenants.change(
                                id, wanted.name(), wanted.plan(), wanted.status(), Author.of(who, request, context));
                    });
                })
                .onComplete(answer(request, context), failure -> context.fail(request, failure));
    }

    private static Handler<TenantInfo> answer(RoutingContext request, RouteContext context) {
        return tenant -> context.answer(request, 200, TenancyJson.tenant(tenant));
    }

    /** Whoever may not see a tenant does not learn whether there is one. */
    private static TenantId visible(Principal who, TenantId id) {
        if (!id.equals(who.tenant()) && !who.has(Scope.PLATFORM_OPERATE)) {
            throw noSuchTenant(null);
        }
        return id;
    }

    private static TenantId id(@Nullable String text) {
        try {
            return new TenantId(text == null ? "" : text);
        } catch (IllegalArgumentException e) {
            throw noSuchTenant(e);
        }
    }

    private static PlatformException noSuchTenant(@Nullable Throwable cause) {
        return new PlatformException(new ConflictError.ResourceNotFound("tenant"), cause);
    }
}
