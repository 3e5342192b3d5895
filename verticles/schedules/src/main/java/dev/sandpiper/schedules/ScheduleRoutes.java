package dev.sandpiper.schedules;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Set;

/** Scheduled events over REST: what waits in the caller's project, what became of one, and cancelling it. */
public final class ScheduleRoutes implements Routes {
    private static final String PATH = "/events/scheduled";
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final ScheduleService schedules;

    public ScheduleRoutes(ScheduleService schedules) {
        this.schedules = schedules;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.get(PATH).handler(request -> list(request, context));
        router.get(PATH + "/:id").handler(request -> inspect(request, context));
        router.delete(PATH + "/:id").handler(request -> cancel(request, context));
    }

    private void list(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("limit", "after"));
                    return schedules
                            .list(
                                    who.tenant(),
                                    who.project(),
                                    query.number("limit", DEFAULT_LIMIT, MAX_LIMIT),
                                    query.get("after"))
                            .map(page -> visible(who, page));
                })
                .onComplete(
                        page -> context.answer(request, 200, ScheduleJsonPage.encode(page)),
                        failure -> context.fail(request, failure));
    }

    private void inspect(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return find(who, request);
                })
                .onComplete(
                        schedule -> context.answer(request, 200, ScheduleJsonPage.encode(schedule)),
                        failure -> context.fail(request, failure));
    }

    private void cancel(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return find(who, request)
                            .compose(found -> schedules.cancel(who.tenant(), who.project(), found.id()));
                })
                .onComplete(done -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    /** What may be published with a credential may be looked at and taken back with it. */
    private Future<Schedule> find(Principal who, RoutingContext request) {
        return schedules
                .find(who.tenant(), who.project(), Objects.requireNonNull(request.pathParam("id")))
                .map(schedule -> {
                    who.require(Capability.PUBLISH, schedule.command().topic());
                    return schedule;
                });
    }

    private static SchedulePage visible(Principal who, SchedulePage page) {
        return new SchedulePage(
                page.items().stream()
                        .filter(schedule -> who.channels()
                                .allows(Capability.PUBLISH, schedule.command().topic()))
                        .toList(),
                page.next());
    }
}
