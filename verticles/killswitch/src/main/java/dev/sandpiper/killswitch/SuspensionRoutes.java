package dev.sandpiper.killswitch;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code POST /admin/tenants/:id/suspend} and {@code /resume}, with {@code {reason}}; for operators. */
public final class SuspensionRoutes implements Routes {
    private static final String PATH = "/admin/tenants/:id";
    private static final int MAX_BODY = 4 * 1024;
    private static final int MAX_REASON = 500;

    private final KillSwitch killSwitch;

    public SuspensionRoutes(KillSwitch killSwitch) {
        this.killSwitch = killSwitch;
    }

    private interface Decision {
        Future<SuspensionStore.Decided> on(TenantId tenant, @Nullable String reason, AuditOrigin origin);
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(PATH + "/suspend")
                .handler(request -> decide(request, context, (tenant, reason, origin) -> {
                    if (reason == null) {
                        throw new PlatformException(new RequestError.InvalidParameter("reason", "is required"));
                    }
                    return killSwitch.suspend(tenant, reason, origin);
                }));
        router.post(PATH + "/resume").handler(request -> decide(request, context, killSwitch::resume));
    }

    private static void decide(RoutingContext request, RouteContext context, Decision decision) {
        context.authenticate(request, Scope.PLATFORM_OPERATE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    TenantId tenant = tenant(request.pathParam("id"));
                    return context.json(request, MAX_BODY)
                            .compose(body -> decision.on(tenant, reason(body), AuditOrigin.of(who, request, context)));
                })
                .onComplete(
                        decided -> context.answer(request, 200, json(decided)),
                        failure -> context.fail(request, failure));
    }

    private static @Nullable String reason(byte[] body) {
        if (body.length == 0) {
            return null;
        }
        String reason = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                if (!member.equals("reason")) {
                    throw new PlatformException(new RequestError.InvalidParameter(member, "is not known here"));
                }
                reason = json.string(member);
            }
            json.end();
        }
        if (reason != null && (reason.isBlank() || reason.length() > MAX_REASON)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("reason", "must be 1 to " + MAX_REASON + " characters"));
        }
        return reason;
    }

    private static TenantId tenant(@Nullable String id) {
        try {
            return new TenantId(id == null ? "" : id);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new ConflictError.ResourceNotFound("tenant"), e);
        }
    }

    private static byte[] json(SuspensionStore.Decided decided) {
        JsonBytes json = new JsonBytes(256)
                .beginObject()
                .name("id")
                .string(decided.tenant().value())
                .name("name")
                .string(decided.name())
                .name("status")
                .string(decided.status());
        Instant at = decided.suspendedAt();
        optional(json.name("suspended_at"), at == null ? null : Timestamps.format(at));
        return optional(json.name("suspended_reason"), decided.reason())
                .endObject()
                .toByteArray();
    }

    private static JsonBytes optional(JsonBytes json, @Nullable String value) {
        return value == null ? json.nil() : json.string(value);
    }
}
