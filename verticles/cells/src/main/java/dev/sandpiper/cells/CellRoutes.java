package dev.sandpiper.cells;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Over REST, for operators: streams of single tenants, where tenants lie, and moving them. */
public final class CellRoutes implements Routes {
    private static final String STREAMS = "/admin/streams";
    private static final String MOVES = STREAMS + "/moves";
    private static final int MAX_BODY = 16 * 1024;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final CellAdmin admin;
    private final CellJson json;

    public CellRoutes(CellAdmin admin) {
        this.admin = admin;
        this.json = new CellJson(admin.names());
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(STREAMS).handler(request -> handle(request, context, 201, who -> dedicate(request, context, who)));
        router.get(STREAMS + "/tenants").handler(request -> handle(request, context, 200, who -> tenants(request)));
        router.post(MOVES).handler(request -> handle(request, context, 202, who -> move(request, context, who)));
        router.get(MOVES).handler(request -> handle(request, context, 200, who -> moves(request)));
    }

    private static void handle(
            RoutingContext request, RouteContext context, int status, Function<Principal, Future<byte[]>> action) {
        context.authenticate(request, Scope.PLATFORM_OPERATE)
                .compose(action)
                .onComplete(body -> context.answer(request, status, body), failure -> context.fail(request, failure));
    }

    private Future<byte[]> dedicate(RoutingContext request, RouteContext context, Principal who) {
        QueryParameters.requireNone(request);
        return context.json(request, MAX_BODY)
                .map(CellBodies::stream)
                .compose(wanted -> admin.dedicate(wanted, AuditOrigin.of(who, request, context)))
                .map(json::stream);
    }

    private Future<byte[]> move(RoutingContext request, RouteContext context, Principal who) {
        QueryParameters.requireNone(request);
        return context.json(request, MAX_BODY)
                .map(CellBodies::move)
                .compose(wanted -> admin.move(
                        wanted.tenant(), admin.names().cell(wanted.to()), AuditOrigin.of(who, request, context)))
                .map(json::move);
    }

    private Future<byte[]> tenants(RoutingContext request) {
        QueryParameters query = QueryParameters.of(request, Set.of("limit", "after"));
        int limit = query.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
        String after = query.get("after");
        return admin.store().places(limit + 1, after == null ? "" : after).map(found -> {
            List<Place> page = found.size() > limit ? found.subList(0, limit) : found;
            return json.places(
                    page, found.size() > limit ? page.getLast().tenant().value() : null);
        });
    }

    private Future<byte[]> moves(RoutingContext request) {
        QueryParameters query = QueryParameters.of(request, Set.of("limit", "after"));
        int limit = query.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
        String after = query.get("after");
        return admin.store()
                .list(limit + 1, after == null ? 0 : number("after", after))
                .map(found -> {
                    List<Move> page = found.size() > limit ? found.subList(0, limit) : found;
                    return json.moves(
                            page,
                            found.size() > limit ? Long.toString(page.getLast().id()) : null);
                });
    }

    private static long number(String parameter, String text) {
        boolean digits = text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long value = digits ? Long.parseLong(text) : 0;
        if (value < 1) {
            throw CellBodies.fault(parameter, "must be a whole number above 0");
        }
        return value;
    }
}
