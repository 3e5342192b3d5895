package dev.sandpiper.retention;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.retention.JsonRoute.Reply;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditJournal;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Over REST: what is stored, for whom, and removing it. What needs the stream is the janitor's to do. */
public final class StorageRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(StorageRoutes.class);
    private static final String STREAMS = "/admin/streams";
    private static final String CHECK = STREAMS + "/check";
    private static final List<Scope> USAGE = List.of(Scope.BILLING_READ, Scope.ADMIN_READ);
    private static final List<Scope> WRITE = List.of(Scope.ADMIN_WRITE);
    private static final List<Scope> OPERATE = List.of(Scope.PLATFORM_OPERATE);

    private final UsageStore usage;
    private final JanitorClient janitor;
    private final AuditJournal audit;

    /** @param audit which is told of what is to be removed */
    public StorageRoutes(UsageStore usage, JanitorClient janitor, AuditJournal audit) {
        this.usage = usage;
        this.janitor = janitor;
        this.audit = audit;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.get("/usage/storage").handler(request -> handle(request, context, USAGE, this::usage));
        router.get(STREAMS).handler(request -> handle(request, context, OPERATE, this::streams));
        router.get(STREAMS + "/usage").handler(request -> handle(request, context, OPERATE, this::tenants));
        router.post(STREAMS + "/purge").handler(request -> handle(request, context, WRITE, this::purge));
        router.get(CHECK).handler(request -> handle(request, context, OPERATE, this::lastCheck));
        router.post(CHECK).handler(request -> handle(request, context, OPERATE, this::check));
    }

    private static void handle(
            RoutingContext request,
            RouteContext context,
            List<Scope> scopes,
            BiFunction<JsonRoute, Principal, Future<Reply>> action) {
        var route = new JsonRoute(request, context);
        route.answer(scopes, who -> action.apply(route, who));
    }

    /** Counted now, or, when the janitor does not answer, what was last counted. */
    private Future<Reply> usage(JsonRoute route, Principal who) {
        TenantId tenant = RequestQuery.of(route.request(), Set.of("tenant")).tenant(who);
        return janitor.count()
                .otherwiseEmpty()
                .compose(done -> usage.of(tenant))
                .map(counted -> {
                    if (counted.at() == null) {
                        throw new PlatformException(new AvailabilityError.NodeUnavailable());
                    }
                    return Reply.of(RetentionJson.usage(tenant.value(), counted));
                });
    }

    private Future<Reply> streams(JsonRoute route, Principal who) {
        RequestQuery.of(route.request(), Set.of());
        return janitor.describe().map(StorageRoutes::told);
    }

    private Future<Reply> tenants(JsonRoute route, Principal who) {
        RequestQuery query = RequestQuery.of(route.request(), Set.of("limit", "after"));
        int limit = query.limit();
        String after = query.get("after");
        return janitor.count()
                .otherwiseEmpty()
                .compose(done -> usage.tenants(limit + 1, after == null ? "" : after))
                .map(found -> {
                    boolean more = found.size() > limit;
                    List<UsageStore.TenantUsage> page = more ? found.subList(0, limit) : found;
                    String next = more ? page.get(limit - 1).tenant().value() : null;
                    return Reply.of(RetentionJson.tenants(page, next));
                });
    }

    private Future<Reply> purge(JsonRoute route, Principal who) {
        RequestQuery.of(route.request(), Set.of());
        return route.body().map(PurgeBody::parse).compose(wanted -> {
            TenantId tenant = RequestQuery.tenant(who, wanted.tenant());
            return note(route, who, tenant, wanted)
                    .compose(done ->
                            janitor.purge(tenant, wanted.project(), wanted.topics(), wanted.before(), wanted.dryRun()))
                    .onSuccess(answer -> log.atInfo()
                            .addKeyValue("request_id", route.context().requestId(route.request()))
                            .addKeyValue("key_id", who.key())
                            .addKeyValue("tenant", tenant)
                            .addKeyValue("project", wanted.project())
                            .addKeyValue("topics", wanted.topics().text())
                            .addKeyValue("dry_run", wanted.dryRun())
                            .addKeyValue("events", answer.events())
                            .log("Events were purged by request"))
                    .map(answer -> Reply.of(RetentionJson.purged(answer, wanted.dryRun())));
        });
    }

    private Future<Void> note(JsonRoute route, Principal who, TenantId tenant, PurgeBody wanted) {
        if (wanted.dryRun()) {
            return Future.succeededFuture();
        }
        Instant before = wanted.before();
        return audit.write(AuditEntry.of(
                route.by(who),
                AuditTarget.of(
                        tenant, wanted.project(), "events", wanted.topics().text()),
                "purge_requested",
                null,
                new JsonObject().put("before", before == null ? null : before.toString())));
    }

    private Future<Reply> lastCheck(JsonRoute route, Principal who) {
        RequestQuery.of(route.request(), Set.of());
        return usage.lastCheck().map(found -> {
            String report = found.orElse("{\"checked_at\":null}");
            return Reply.of(report.getBytes(StandardCharsets.UTF_8));
        });
    }

    private Future<Reply> check(JsonRoute route, Principal who) {
        RequestQuery.of(route.request(), Set.of());
        return janitor.check().map(StorageRoutes::told);
    }

    private static Reply told(JanitorAnswer answer) {
        return Reply.of(answer.json().getBytes(StandardCharsets.UTF_8));
    }
}
