package dev.sandpiper.runtime.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.MediaTypes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** What the listener does for every route, so that it is done in one way only. */
public interface RouteContext {
    /** The event loop that the routes are mounted on. */
    Context context();

    /**
     * The holder of which API key is asking, from the headers of the request or its {@code ticket}; checks the scope. Fails with a
     * {@link dev.sandpiper.domain.PlatformException}; {@code API_KEY_REQUIRED} for a user with a token.
     */
    Future<Principal> authenticate(RoutingContext request, Scope scope);

    /** Likewise, whatever its scopes. */
    Future<Principal> authenticate(RoutingContext request);

    /**
     * Likewise, users with tokens too: for routes that ask {@link Principal#require(dev.sandpiper.domain.Capability,
     * dev.sandpiper.domain.Topic)} about every channel themselves. Fails with {@code MISSING_CREDENTIALS} when the request carries
     * none at all.
     */
    Future<Principal> identify(RoutingContext request);

    /** Likewise, of those who have the scope. */
    default Future<Principal> identify(RoutingContext request, Scope scope) {
        return identify(request).map(who -> {
            who.require(scope);
            return who;
        });
    }

    /** The route ends its answer by itself when the credential behind it is taken away; otherwise the listener breaks it off. */
    default void endsItself(RoutingContext request) {}

    /**
     * The whole body. Fails with a {@link dev.sandpiper.domain.PlatformException}: {@code PAYLOAD_TOO_LARGE} as soon as it
     * is clear that there are more than {@code limit} bytes, {@code REQUEST_TIMEOUT}, {@code SERVER_BUSY}.
     *
     * <p>Call it from the handler of the route or from whoever waits for {@link #authenticate}: later the body is gone.
     */
    Future<byte[]> body(RoutingContext request, int limit);

    /**
     * As {@link #body}, of a request that may carry nothing but JSON. Fails also with {@code UNSUPPORTED_MEDIA_TYPE}; a request
     * without {@code Content-Type} is taken at its word.
     */
    default Future<byte[]> json(RoutingContext request, int limit) {
        String type = request.request().headers().get(HttpHeaders.CONTENT_TYPE);
        if (type != null && !(MediaTypes.isJson(type) && MediaTypes.isUtf8(type))) {
            return Future.failedFuture(
                    new PlatformException(new RequestError.UnsupportedMediaType("application/json in UTF-8")));
        }
        return body(request, limit);
    }

    /** Answers, unless the client is gone. No cache may keep it: answers belong to one caller. {@code json} is null for no body. */
    default void answer(RoutingContext request, int status, byte @Nullable [] json) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status).headers().set(HttpHeaders.CACHE_CONTROL, "no-store");
        if (json == null) {
            response.end();
            return;
        }
        response.headers().set(HttpHeaders.CONTENT_TYPE, MediaTypes.JSON);
        response.end(Buffer.buffer(json));
    }

    /** Answers with an error in the format that the client accepts. Any throwable will do; an unforeseen one is logged. */
    void fail(RoutingContext request, Throwable failure);

    /** Likewise. */
    void fail(RoutingContext request, PlatformError error);

    /** The id under which this request is logged, as in {@code X-Request-Id}. */
    String requestId(RoutingContext request);

    /** The client's address, looking through configured proxies only. */
    String clientAddress(RoutingContext request);
}
