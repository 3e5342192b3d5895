package dev.sandpiper.runtime.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** What the listener does for every route, so that it is done in one way only. */
public interface RouteContext {
    /** The event loop that the routes are mounted on. */
    Context context();

    /**
     * Who is asking, from the headers of the request or its {@code ticket}; checks the scope. Fails with a {@link
     * dev.sandpiper.domain.PlatformException}.
     */
    Future<Principal> authenticate(RoutingContext request, Scope scope);

    /**
     * Likewise, whatever its scopes: for connections on which each frame asks for its own. Fails with {@code
     * MISSING_CREDENTIALS} when the request carries none at all.
     */
    Future<Principal> authenticate(RoutingContext request);

    /**
     * The whole body. Fails with a {@link dev.sandpiper.domain.PlatformException}: {@code PAYLOAD_TOO_LARGE} as soon as it
     * is clear that there are more than {@code limit} bytes, {@code REQUEST_TIMEOUT}, {@code SERVER_BUSY}.
     *
     * <p>Call it from the handler of the route or from whoever waits for {@link #authenticate}: later the body is gone.
     */
    Future<byte[]> body(RoutingContext request, int limit);

    /** Answers with an error in the format that the client accepts. Any throwable will do; an unforeseen one is logged. */
    void fail(RoutingContext request, Throwable failure);

    /** Likewise. */
    void fail(RoutingContext request, PlatformError error);

    /** The id under which this request is logged, as in {@code X-Request-Id}. */
    String requestId(RoutingContext request);

    /** The client's address, looking through configured proxies only. */
    String clientAddress(RoutingContext request);
}
