package dev.sandpiper.http;

import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Handler;
import java.util.Map;

/** Routes of which some are asked so often that they are found without the router. */
interface DirectRoutes extends Routes {
    /**
     * Handlers of POST requests without parameters, by their path within a version. Called once per event loop, after
     * {@link #mount}, which must mount them too: a request with a query comes in by that way.
     */
    Map<String, Handler<Exchange>> direct(RouteContext context);
}
