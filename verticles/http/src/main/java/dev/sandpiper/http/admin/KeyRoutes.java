package dev.sandpiper.http.admin;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.Author;
import dev.sandpiper.runtime.auth.IssuedKey;
import dev.sandpiper.runtime.auth.NewKey;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * API keys over REST, within the caller's own tenant; an operator names another. Nobody hands out what they do not have; {@link ApiKeys}
 * sees to it, and writes the audit trail.
 */
public final class KeyRoutes implements Routes {
    private static final String PATH = "/admin/keys";

    private final ApiKeys keys;
    private final Clock clock;

    public KeyRoutes(ApiKeys keys) {
        this(keys, Clock.systemUTC());
    }

    public KeyRoutes(ApiKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(PATH).handler(request -> create(request, context));
        router.get(PATH).handler(request -> list(request, context));
        router.get(PATH + "/:id").handler(request -> find(request, context));
        router.patch(PATH + "/:id").handler(request -> change(request, context));
        router.post(PATH + "/:id/rotate").handler(request -> rotate(request, context));
        router.delete(PATH + "/:id").handler(request -> revoke(request, context));
        router.get("/admin/whoami")
                .handler(request -> context.identify(request)
                        .onComplete(
                                who -> context.answer(request, 200, KeyJson.principal(who)),
                                failure -> context.fail(request, failure)));
    }

    private void create(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, AdminAccess.MAX_BODY)
                            .compose(body -> create(who, body, Author.of(who, request, context)));
                })
                .onComplete(
                        issued -> context.answer(request, 201, KeyJson.issued(issued)),
                        failure -> context.fail(request, failure));
    }

    private Future<IssuedKey> create(Principal who, byte[] body, Author author) {
        KeyBody wanted = KeyBody.create(body, clock.instant());
        TenantId tenant = AdminAccess.tenant(who, wanted.tenant());
        ProjectId project = wanted.project();
        if (project == null) {
            if (!tenant.equals(who.tenant())) {
                throw AdminFields.fault("project", "is required with tenant");
            }
            project = who.project();
        }
        return keys.create(new NewKey(tenant, project, wanted.name(), wanted.grant()), author);
    }

    private void list(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("tenant", "project", "limit", "after"));
                    String project = query.get("project");
                    return keys.list(
                            AdminAccess.tenant(who, AdminAccess.named(query)),
                            project == null ? null : AdminFields.project("project", project),
                            query.number("limit", AdminAccess.DEFAULT_LIMIT, AdminAccess.MAX_LIMIT),
                            query.get("after"));
                })
                .onComplete(
                        page -> context.answer(request, 200, KeyJson.page(page)),
                        failure -> context.fail(request, failure));
    }

    private void find(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> keys.find(AdminAccess.tenant(who, request), id(request)))
                .map(found -> found.orElseThrow(() -> noSuchKey(null)))
                .onComplete(
                        key -> context.answer(request, 200, KeyJson.key(key)),
                        failure -> context.fail(request, failure));
    }

    private void change(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    TenantId tenant = AdminAccess.tenant(who, request);
                    KeyId id = id(request);
                    return context.json(request, AdminAccess.MAX_BODY)
                            .compose(body -> keys.change(
                                    tenant,
                                    id,
                                    KeyBody.patch(body, clock.instant()).patch(),
                                    Author.of(who, request, context)));
                })
                .onComplete(
                        key -> context.answer(request, 200, KeyJson.key(key)),
                        failure -> context.fail(request, failure));
    }

    private void rotate(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    TenantId tenant = AdminAccess.tenant(who, request);
                    KeyId id = id(request);
                    return context.json(request, AdminAccess.MAX_BODY)
                            .compose(body -> keys.rotate(
                                    tenant,
                                    id,
                                    RotationBody.parse(body, clock.instant()),
                                    Author.of(who, request, context)));
                })
                .onComplete(
                        issued -> context.answer(request, 201, KeyJson.issued(issued)),
                        failure -> context.fail(request, failure));
    }

    private void revoke(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who ->
                        keys.revoke(AdminAccess.tenant(who, request), id(request), Author.of(who, request, context)))
                .onComplete(key -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private static KeyId id(RoutingContext request) {
        String text = request.pathParam("id");
        try {
            return new KeyId(text == null ? "" : text);
        } catch (IllegalArgumentException e) {
            throw noSuchKey(e);
        }
    }

    private static PlatformException noSuchKey(@Nullable Throwable cause) {
        return new PlatformException(new ConflictError.ResourceNotFound("key"), cause);
    }
}
