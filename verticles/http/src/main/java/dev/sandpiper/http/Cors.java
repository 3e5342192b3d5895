package dev.sandpiper.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of configured origins call the API. Credentials are headers, never cookies, so {@code *} is as safe as a list.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">CORS</a>
 */
final class Cors {
    private static final String METHODS = "GET, POST, PUT, PATCH, DELETE";
    private static final String HEADERS = "Authorization, X-API-Key, Content-Type, Idempotency-Key, Last-Event-ID, "
            + "X-Request-Id, Sandpiper-Topic, Sandpiper-Event, Sandpiper-Class";
    private static final String EXPOSED =
            "X-Request-Id, Sandpiper-Key-Expires, Retry-After, Allow, RateLimit, RateLimit-Policy, "
                    + "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";
    private static final String MAX_AGE = "600";

    private final Set<String> origins;
    private final boolean any;

    Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
        this.any = origins.contains("*");
    }

    /** Puts what a browser wants to see into the answer, whatever the answer will be. */
    void decorate(HttpServerRequest request) {
        if (origins.isEmpty()) {
            return;
        }
        MultiMap answer = request.response().headers();
        if (!any) {
            answer.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
        String origin = request.headers().get(HttpHeaders.ORIGIN);
        if (isAllowed(origin)) {
            answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, any ? "*" : origin);
            answer.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /** Whether a browser asks if it may ask; {@link #grant} is the answer. */
    boolean isPreflight(HttpServerRequest request) {
        return HttpMethod.OPTIONS.equals(request.method())
                && isAllowed(request.headers().get(HttpHeaders.ORIGIN))
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    void grant(HttpServerRequest request) {
        MultiMap answer = request.response().headers();
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        answer.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        answer.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }

    private boolean isAllowed(@Nullable String origin) {
        return origin != null && (any || origins.contains(origin));
    }
}
