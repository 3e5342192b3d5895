package dev.sandpiper.http.admin;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.IssuedKey;
import dev.sandpiper.runtime.auth.KeyInfo;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * API keys over REST. {@code admin:read} and {@code admin:write} reach the caller's own tenant; {@code platform:operate}
 * reaches any, by naming it. Nobody hands out a scope that they do not have, but an operator.
 */
public final class KeyRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(KeyRoutes.class);
    private static final String PATH = "/admin/keys";
    private static final int MAX_BODY = 16 * 1024;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

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
        router.delete(PATH + "/:id").handler(request -> revoke(request, context));
        router.get("/admin/whoami")
                .handler(request -> context.identify(request)
                        .onComplete(
                                who -> context.answer(request, 200, KeyJson.principal(who)),
                                failure -> context.fail(request, failure)));
    }

    private void create(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY).compose(body -> create(who, body));
                })
                .onSuccess(issued -> audit(request, context, "created", issued.info()))
                .onComplete(
                        issued -> context.answer(request, 201, KeyJson.issued(issued)),
                        failure -> context.fail(request, failure));
    }

    private Future<IssuedKey> create(Principal who, byte[] body) {
        NewKeyBody wanted = NewKeyBody.parse(body, clock.instant());
        TenantId tenant = tenant(who, wanted.tenant());
        ProjectId project = wanted.project();
        if (project == null) {
            if (!tenant.equals(who.tenant())) {
                throw fault("project", "is required with tenant");
            }
            project = who.project();
        }
        for (Scope scope : wanted.scopes()) {
            if (!who.has(Scope.PLATFORM_OPERATE)) {
                who.require(scope);
            }
        }
        return keys.create(new NewKey(tenant, project, wanted.name(), wanted.scopes(), wanted.expiresAt()));
    }

    private void list(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("tenant", "project", "limit", "after"));
                    String tenant = query.get("tenant");
                    String project = query.get("project");
                    return keys.list(
                            tenant(who, tenant == null ? null : NewKeyBody.tenant("tenant", tenant)),
                            project == null ? null : NewKeyBody.project("project", project),
                            query.number("limit", DEFAULT_LIMIT, MAX_LIMIT),
                            query.get("after"));
                })
                .onComplete(
                        page -> context.answer(request, 200, KeyJson.page(page)),
                        failure -> context.fail(request, failure));
    }

    private void revoke(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    String named = QueryParameters.of(request, Set.of("tenant")).get("tenant");
                    TenantId tenant = tenant(who, named == null ? null : NewKeyBody.tenant("tenant", named));
                    KeyId id = keyId(request.pathParam("id"));
                    return keys.find(tenant, id).compose(found -> {
                        KeyInfo key = found.orElseThrow(KeyRoutes::noSuchKey);
                        if (key.scopes().contains(Scope.PLATFORM_OPERATE)) {
                            // An operator's key may live in a tenant, whose administrators do not rule the operator.
                            who.require(Scope.PLATFORM_OPERATE);
                        }
                        return keys.revoke(tenant, id);
                    });
                })
                .onSuccess(key -> audit(request, context, "revoked", key))
                .onComplete(key -> context.answer(request, 204, null), failure -> context.fail(request, failure));
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

    /** The tenant that is meant: another than the caller's own is for operators. */
    private static TenantId tenant(Principal who, @Nullable TenantId named) {
        if (named == null || named.equals(who.tenant())) {
            return who.tenant();
        }
        who.require(Scope.PLATFORM_OPERATE);
        return named;
    }

    private static KeyId keyId(@Nullable String text) {
        if (text == null) {
            throw noSuchKey();
        }
        try {
            return new KeyId(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new ConflictError.ResourceNotFound("key"), e);
        }
    }

    private static PlatformException noSuchKey() {
        return new PlatformException(new ConflictError.ResourceNotFound("key"));
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }

    private static void audit(RoutingContext request, RouteContext context, String what, KeyInfo key) {
        log.atInfo()
                .addKeyValue("request_id", context.requestId(request))
                .addKeyValue("tenant", key.tenant())
                .addKeyValue("project", key.project())
                .addKeyValue("key_id", key.id())
                .log("An API key was {}", what);
    }
}
