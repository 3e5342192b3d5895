package dev.sandpiper.schedules;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.MediaTypes;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Scheduled events over REST: what waits in the caller's project, and cancelling it. */
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
        router.delete(PATH + "/:id").handler(request -> cancel(request, context));
    }

    private void list(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .compose(who -> {
                    QueryParameters query = query(request, Set.of("limit", "after"));
                    return schedules.list(who.tenant(), who.project(), limit(query.get("limit")), query.get("after"));
                })
                .onComplete(
                        page -> answer(request, 200, ScheduleJsonPage.encode(page)),
                        failure -> context.fail(request, failure));
    }

    private void cancel(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .compose(who -> {
                    query(request, Set.of());
                    return schedules.cancel(
                            who.tenant(), who.project(), Objects.requireNonNull(request.pathParam("id")));
                })
                .onComplete(done -> answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private static QueryParameters query(RoutingContext request, Set<String> known) {
        QueryParameters query = QueryParameters.of(request.request().uri());
        query.requireOnly(known);
        return query;
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        boolean digits = text.length() <= 6 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = digits ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new PlatformException(new RequestError.InvalidParameter("limit", "must be from 1 to " + MAX_LIMIT));
        }
        return limit;
    }

    private static void answer(RoutingContext request, int status, byte @Nullable [] json) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status);
        if (json == null) {
            response.end();
            return;
        }
        response.headers().set(HttpHeaders.CONTENT_TYPE, MediaTypes.JSON);
        response.end(Buffer.buffer(json));
    }
}
