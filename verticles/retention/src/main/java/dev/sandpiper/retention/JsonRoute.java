package dev.sandpiper.retention;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.MediaTypes;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request of this feature, from the credential to the answer. */
record JsonRoute(RoutingContext request, RouteContext context) {
    private static final int MAX_BODY = 16 * 1024;

    /** What is answered. */
    record Reply(int status, byte @Nullable [] json) {
        static Reply of(byte[] json) {
            return new Reply(200, json);
        }
    }

    /** @param scopes one of which is enough; an operator needs none of them */
    void answer(List<Scope> scopes, Function<Principal, Future<Reply>> action) {
        context.authenticate(request)
                .compose(who -> {
                    if (!who.has(Scope.PLATFORM_OPERATE) && scopes.stream().noneMatch(who::has)) {
                        who.require(scopes.get(0));
                    }
                    return action.apply(who);
                })
                .onComplete(this::send, failure -> context.fail(request, failure));
    }

    Future<byte[]> body() {
        String type = request.request().headers().get(HttpHeaders.CONTENT_TYPE);
        if (type != null && !(MediaTypes.isJson(type) && MediaTypes.isUtf8(type))) {
            throw new PlatformException(new RequestError.UnsupportedMediaType("application/json in UTF-8"));
        }
        return context.body(request, MAX_BODY);
    }

    private void send(Reply reply) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(reply.status()).headers().set(HttpHeaders.CACHE_CONTROL, "no-store");
        byte[] json = reply.json();
        if (json == null) {
            response.end();
            return;
        }
        response.headers().set(HttpHeaders.CONTENT_TYPE, MediaTypes.JSON);
        response.end(Buffer.buffer(json));
    }
}
