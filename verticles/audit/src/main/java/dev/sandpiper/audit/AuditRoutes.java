package dev.sandpiper.audit;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The audit trail over REST. {@code admin:read} sees that of its own tenant; {@code platform:operate} sees all of them, and alone may
 * erase.
 */
public final class AuditRoutes implements Routes {
    private static final String PATH = "/admin/audit";
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;
    private static final int MAX_BODY = 4 * 1024;
    private static final Set<String> LIST =
            Set.of("tenant", "action", "actor", "target", "project", "from", "until", "limit", "after");

    private final AuditService service;

    public AuditRoutes(AuditService service) {
        this.service = service;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.get(PATH)
                .handler(request ->
                        answer(request, context, reading(request, context).compose(who -> list(request, who))));
        router.get(PATH + "/verify")
                .handler(request ->
                        answer(request, context, reading(request, context).compose(who -> verify(request, who))));
        router.get(PATH + "/keys")
                .handler(request ->
                        answer(request, context, reading(request, context).map(who -> keys(request))));
        router.get(PATH + "/export")
                .handler(request -> reading(request, context)
                        .compose(who -> export(request, who))
                        .onFailure(failure -> context.fail(request, failure)));
        router.post(PATH + "/erase")
                .handler(request -> answer(
                        request,
                        context,
                        context.authenticate(request, Scope.PLATFORM_OPERATE)
                                .compose(who -> context.json(request, MAX_BODY)
                                        .compose(body ->
                                                erase(EraseBody.parse(body), AuditOrigin.of(who, request, context))))));
    }

    private static void answer(RoutingContext request, RouteContext context, Future<JsonObject> answer) {
        answer.onComplete(
                json -> context.answer(request, 200, json.toBuffer().getBytes()),
                failure -> context.fail(request, failure));
    }

    private static Future<Principal> reading(RoutingContext request, RouteContext context) {
        return context.authenticate(request).map(who -> {
            if (!who.has(Scope.PLATFORM_OPERATE)) {
                who.require(Scope.ADMIN_READ);
            }
            return who;
        });
    }

    private Future<JsonObject> list(RoutingContext request, Principal who) {
        QueryParameters query = QueryParameters.of(request, LIST);
        int limit = query.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
        boolean all = who.has(Scope.PLATFORM_OPERATE) && query.get("tenant") == null;
        var wanted = new AuditQuery(
                all ? null : chain(who, query.get("tenant")),
                query.get("action"),
                query.get("actor"),
                query.get("target"),
                query.get("project"),
                time(query, "from"),
                time(query, "until"),
                position(query.get("after")),
                limit + 1);
        return service.trail().list(wanted).map(found -> AuditJson.page(found, limit));
    }

    private Future<JsonObject> verify(RoutingContext request, Principal who) {
        QueryParameters query = QueryParameters.of(request, Set.of("tenant"));
        return service.verify(chain(who, query.get("tenant"))).map(Verdict::json);
    }

    private Future<Void> export(RoutingContext request, Principal who) {
        QueryParameters query = QueryParameters.of(request, Set.of("tenant"));
        return new TrailExport(service, chain(who, query.get("tenant")), request.response()).run();
    }

    private JsonObject keys(RoutingContext request) {
        QueryParameters.requireNone(request);
        return AuditJson.keys(service.keys());
    }

    private Future<JsonObject> erase(EraseBody body, AuditOrigin origin) {
        return service.erase(body.chain(), origin, body.reason(), body.who(), body.before())
                .map(erased -> new JsonObject().put("erased", erased));
    }

    /** Another chain than that of the caller's tenant is for operators. */
    private static String chain(Principal who, @Nullable String named) {
        if (named == null || named.equals(who.tenant().value())) {
            return who.tenant().value();
        }
        who.require(Scope.PLATFORM_OPERATE);
        return chain("tenant", named);
    }

    static String chain(String parameter, String text) {
        if (text.equals(Chain.INSTALLATION)) {
            return text;
        }
        try {
            return new TenantId(text).value();
        } catch (IllegalArgumentException e) {
            throw fault(parameter, "is no tenant id, and not " + Chain.INSTALLATION);
        }
    }

    static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }

    private static @Nullable Instant time(QueryParameters query, String name) {
        String text = query.get(name);
        return text == null ? null : Timestamps.parse(name, text);
    }

    private static @Nullable Long position(@Nullable String after) {
        if (after == null) {
            return null;
        }
        boolean digits = after.length() <= 18 && after.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            throw fault("after", "must be the next of an earlier page");
        }
        return Long.parseLong(after);
    }
}
