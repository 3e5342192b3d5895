package dev.sandpiper.topics;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules of topics over REST. {@code admin:read} and {@code admin:write} reach the projects of the caller's own tenant, by default the
 * caller's; {@code platform:operate} reaches any, by naming tenant and project.
 */
final class TopicRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(TopicRoutes.class);
    private static final String PATH = "/topics";
    private static final String ONE = PATH + "/:pattern";

    /** Beside the schema. */
    private static final int MAX_REST = 16 * 1024;

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final int MAX_EVENTS = 1_000;
    private static final Set<String> WHERE = Set.of("tenant", "project");
    private static final Set<String> LIST = Set.of("tenant", "project", "limit", "after");
    private static final Set<String> PUT = Set.of("tenant", "project", "compatibility", "dry_run");

    private final RuleAdmin rules;
    private final CursorCodec cursors;
    private final int maxBody;

    TopicRoutes(RuleAdmin rules, CursorCodec cursors, int maxSchema) {
        this.rules = rules;
        this.cursors = cursors;
        this.maxBody = maxSchema + MAX_REST;
    }

    /** Whose rules are meant. */
    private record Place(TenantId tenant, ProjectId project) {}

    @Override
    public void mount(Router router, RouteContext context) {
        router.get(PATH).handler(request -> list(request, context));
        router.get(ONE).handler(request -> get(request, context));
        router.put(ONE).handler(request -> put(request, context));
        router.delete(ONE).handler(request -> delete(request, context));
    }

    private void list(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, LIST);
                    Place place = place(who, query);
                    int limit = query.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
                    return rules.list(place.tenant(), place.project(), limit + 1, query.get("after"))
                            .map(found -> page(found, limit));
                })
                .onComplete(json -> context.answer(request, 200, json), failure -> context.fail(request, failure));
    }

    private static byte[] page(List<StoredRule> found, int limit) {
        if (found.size() <= limit) {
            return TopicJson.page(found, null);
        }
        List<StoredRule> items = found.subList(0, limit);
        return TopicJson.page(items, items.getLast().pattern().text());
    }

    private void get(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    Place place = place(who, QueryParameters.of(request, WHERE));
                    return rules.find(place.tenant(), place.project(), pattern(request));
                })
                .map(found -> found.orElseThrow(
                        () -> new PlatformException(new ConflictError.ResourceNotFound("topic rule"))))
                .onComplete(rule -> answer(request, context, 200, rule), failure -> context.fail(request, failure));
    }

    private void put(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, PUT);
                    Place place = place(who, query);
                    TopicPattern pattern = pattern(request);
                    boolean backward = isBackward(query.get("compatibility"));
                    int events = query.number("dry_run", 0, MAX_EVENTS);
                    return context.json(request, maxBody).compose(bytes -> {
                        RuleBody body = RuleBody.parse(bytes, pattern);
                        var change = new RuleAdmin.Change(
                                place.tenant(),
                                place.project(),
                                pattern,
                                body.spec(),
                                Preconditions.of(request.request().headers(), body.version()),
                                backward,
                                AuditOrigin.of(who, request, context));
                        return events > 0
                                ? tryOut(request, context, change, body.spec(), events)
                                : put(request, context, change, body.spec());
                    });
                })
                .onFailure(failure -> context.fail(request, failure));
    }

    private Future<Void> tryOut(
            RoutingContext request, RouteContext context, RuleAdmin.Change change, RuleSpec spec, int events) {
        return rules.tryOut(change, spec, events).map(report -> {
            context.answer(request, 200, TopicJson.report(report, cursors));
            return null;
        });
    }

    private Future<Void> put(RoutingContext request, RouteContext context, RuleAdmin.Change change, RuleSpec spec) {
        return rules.put(change, spec).map(outcome -> {
            audit(request, context, outcome.created() ? "created" : "changed", change);
            answer(request, context, outcome.created() ? 201 : 200, outcome.rule());
            return null;
        });
    }

    private void delete(RoutingContext request, RouteContext context) {
        authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    Place place = place(who, QueryParameters.of(request, WHERE));
                    var change = new RuleAdmin.Change(
                            place.tenant(),
                            place.project(),
                            pattern(request),
                            null,
                            Preconditions.of(request.request().headers(), null),
                            false,
                            AuditOrigin.of(who, request, context));
                    return rules.delete(change).map(done -> change);
                })
                .onSuccess(change -> audit(request, context, "deleted", change))
                .onComplete(done -> context.answer(request, 204, null), failure -> context.fail(request, failure));
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

    private static Place place(Principal who, QueryParameters query) {
        String tenant = query.get("tenant");
        String project = query.get("project");
        if (tenant != null && !tenant.equals(who.tenant().value())) {
            who.require(Scope.PLATFORM_OPERATE);
            if (project == null) {
                throw fault("project", "is required with tenant");
            }
        }
        try {
            return new Place(
                    tenant == null ? who.tenant() : new TenantId(tenant),
                    project == null ? who.project() : new ProjectId(project));
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new ConflictError.ResourceNotFound("project"), e);
        }
    }

    private static TopicPattern pattern(RoutingContext request) {
        String pattern = request.pathParam("pattern");
        return new TopicPattern(pattern == null ? "" : pattern);
    }

    private static boolean isBackward(@Nullable String compatibility) {
        if (compatibility == null || compatibility.equals("none")) {
            return false;
        }
        if (compatibility.equals("backward")) {
            return true;
        }
        throw fault("compatibility", "must be backward or none");
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }

    private static void audit(RoutingContext request, RouteContext context, String what, RuleAdmin.Change change) {
        log.atInfo()
                .addKeyValue("request_id", context.requestId(request))
                .addKeyValue("tenant", change.tenant())
                .addKeyValue("project", change.project())
                .addKeyValue("pattern", change.pattern())
                .log("A topic rule was {}", what);
    }

    private static void answer(RoutingContext request, RouteContext context, int status, StoredRule rule) {
        request.response().headers().set(HttpHeaders.ETAG, "\"" + rule.version() + "\"");
        context.answer(request, status, TopicJson.rule(rule));
    }
}
