package dev.sandpiper.retention;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.retention.JsonRoute.Reply;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits and legal holds over REST. The limits of a project are its tenant's business, those of a tenant the operator's. A change
 * is written, then the janitor is told.
 */
public final class RetentionRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(RetentionRoutes.class);
    private static final String LIMITS = "/admin/retention";
    private static final String HOLDS = LIMITS + "/holds";
    private static final List<Scope> READ = List.of(Scope.ADMIN_READ);
    private static final List<Scope> WRITE = List.of(Scope.ADMIN_WRITE);

    private final LimitStore limits;
    private final JanitorClient janitor;
    private final Map<String, Limits> plans;

    public RetentionRoutes(LimitStore limits, JanitorClient janitor, RetentionConfig config) {
        this.limits = limits;
        this.janitor = janitor;
        this.plans = config.plans();
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.get(LIMITS).handler(request -> {
            var route = new JsonRoute(request, context);
            route.answer(READ, who -> find(route, who));
        });
        router.put(LIMITS).handler(request -> {
            var route = new JsonRoute(request, context);
            route.answer(WRITE, who -> put(route, who));
        });
        router.get(HOLDS).handler(request -> {
            var route = new JsonRoute(request, context);
            route.answer(READ, who -> holds(route, who));
        });
        router.post(HOLDS).handler(request -> {
            var route = new JsonRoute(request, context);
            route.answer(WRITE, who -> place(route, who));
        });
        router.delete(HOLDS + "/:id").handler(request -> {
            var route = new JsonRoute(request, context);
            route.answer(WRITE, who -> release(route, who));
        });
    }

    private Future<Reply> find(JsonRoute route, Principal who) {
        RequestQuery query = RequestQuery.of(route.request(), Set.of("tenant", "project"));
        return limits.find(query.tenant(who), query.project()).map(this::reply);
    }

    private Future<Reply> put(JsonRoute route, Principal who) {
        RequestQuery query = RequestQuery.of(route.request(), Set.of("tenant", "project"));
        TenantId tenant = query.tenant(who);
        ProjectId project = query.project();
        if (project == null) {
            // What a tenant may keep in all is not its own to decide.
            who.require(Scope.PLATFORM_OPERATE);
        }
        return route.body()
                .compose(body -> limits.put(tenant, project, LimitsBody.parse(body), route.by(who)))
                .onSuccess(stored -> {
                    janitor.look();
                    log.atInfo()
                            .addKeyValue("request_id", route.context().requestId(route.request()))
                            .addKeyValue("key_id", who.key())
                            .addKeyValue("tenant", tenant)
                            .addKeyValue("project", project)
                            .addKeyValue("limits", stored.limits())
                            .log("Limits of retention were decided");
                })
                .map(this::reply);
    }

    private Reply reply(StoredLimits stored) {
        Limits plan = stored.project() == null ? plans.getOrDefault(stored.plan(), Limits.NONE) : null;
        return Reply.of(RetentionJson.limits(stored, plan));
    }

    private Future<Reply> holds(JsonRoute route, Principal who) {
        RequestQuery query = RequestQuery.of(route.request(), Set.of("tenant", "limit", "after"));
        return limits.holds(query.tenant(who), query.limit(), query.get("after"))
                .map(page -> Reply.of(RetentionJson.holds(page)));
    }

    private Future<Reply> place(JsonRoute route, Principal who) {
        TenantId tenant = RequestQuery.of(route.request(), Set.of("tenant")).tenant(who);
        return route.body()
                .map(HoldBody::parse)
                .compose(wanted ->
                        limits.place(tenant, wanted.project(), wanted.topics(), wanted.reason(), route.by(who)))
                .onSuccess(hold -> audit(route, who, "placed", hold))
                .map(hold -> new Reply(201, RetentionJson.hold(hold)));
    }

    private Future<Reply> release(JsonRoute route, Principal who) {
        TenantId tenant = RequestQuery.of(route.request(), Set.of("tenant")).tenant(who);
        String id = route.request().pathParam("id");
        return limits.release(tenant, id == null ? "" : id, route.by(who))
                .onSuccess(hold -> {
                    janitor.look();
                    audit(route, who, "released", hold);
                })
                .map(hold -> new Reply(204, null));
    }

    private static void audit(JsonRoute route, Principal who, String what, Hold hold) {
        log.atInfo()
                .addKeyValue("request_id", route.context().requestId(route.request()))
                .addKeyValue("key_id", who.key())
                .addKeyValue("tenant", hold.tenant())
                .addKeyValue("project", hold.project())
                .addKeyValue("hold", hold.id())
                .log("A legal hold was {}", what);
    }
}
