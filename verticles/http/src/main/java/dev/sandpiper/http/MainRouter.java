package dev.sandpiper.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Mounts every feature's routes, under {@code /v1} and at the root, and answers what none of them takes. */
final class MainRouter {
    private static final String VERSION = "/v1";
    private static final PlatformError MALFORMED_PATH = new RequestError.InvalidRequest("The path is malformed");
    private static final PlatformError WRONG_TYPE = new RequestError.UnsupportedMediaType("application/json");

    private final Router features;

    private MainRouter(Router features) {
        this.features = features;
    }

    static Router create(Vertx vertx, Front front, List<? extends Routes> routes) {
        RouteContext context = new HttpRouteContext(front);
        Router features = Router.router(vertx);
        for (Routes feature : routes) {
            feature.mount(features, context);
        }
        var main = new MainRouter(features);
        Router router = Router.router(vertx);
        router.route().handler(front::enter).failureHandler(MainRouter::failed);
        router.route(VERSION + "/*").subRouter(features);
        router.route("/*").subRouter(features);
        // Which of the two Vert.x says depends on the mount that it tried last.
        router.errorHandler(404, main::unmatched);
        router.errorHandler(405, main::unmatched);
        router.errorHandler(400, request -> Exchange.of(request).fail(MALFORMED_PATH));
        router.errorHandler(406, request -> Exchange.of(request).fail(WRONG_TYPE));
        router.errorHandler(415, request -> Exchange.of(request).fail(WRONG_TYPE));
        router.errorHandler(500, MainRouter::failed);
        return router;
    }

    private static void failed(RoutingContext request) {
        Exchange exchange = Exchange.of(request);
        Throwable failure = request.failure();
        switch (request.statusCode()) {
            case 400 -> exchange.fail(MALFORMED_PATH);
            case 404 -> exchange.fail(new RequestError.RouteNotFound());
            case 406, 415 -> exchange.fail(WRONG_TYPE);
            default -> exchange.fail(failure == null ? new IllegalStateException("a route failed") : failure);
        }
    }

    private void unmatched(RoutingContext request) {
        String path = request.normalizedPath();
        String within = path.startsWith(VERSION + "/") ? path.substring(VERSION.length()) : path;
        Set<String> allowed = new TreeSet<>();
        for (Route route : features.getRoutes()) {
            Set<HttpMethod> methods = route.methods();
            String pattern = route.getPath();
            if (methods != null && pattern != null && matches(pattern, within)) {
                methods.forEach(method -> allowed.add(method.name()));
            }
        }
        Exchange.of(request)
                .fail(
                        allowed.isEmpty()
                                ? new RequestError.RouteNotFound()
                                : new RequestError.MethodNotAllowed(String.join(", ", allowed)));
    }

    /** Segment by segment; {@code :name} stands for any one, and a trailing {@code *} for any rest. */
    static boolean matches(String pattern, String path) {
        String[] expected = pattern.split("/", -1);
        String[] actual = path.split("/", -1);
        for (int i = 0; i < expected.length; i++) {
            if (expected[i].equals("*")) {
                return true;
            }
            if (i >= actual.length || !(expected[i].startsWith(":") || expected[i].equals(actual[i]))) {
                return false;
            }
        }
        return expected.length == actual.length;
    }
}
