package dev.sandpiper.http;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;

/** What features see of the listener. */
final class HttpRouteContext implements RouteContext {
    private final Front front;

    HttpRouteContext(Front front) {
        this.front = front;
    }

    @Override
    public Context context() {
        return front.context();
    }

    @Override
    public Future<Principal> authenticate(RoutingContext request, Scope scope) {
        return authenticate(request).map(who -> {
            who.require(scope);
            return who;
        });
    }

    @Override
    public Future<Principal> authenticate(RoutingContext request) {
        return exchange(request).authenticate(null).map(HttpRouteContext::withKey);
    }

    @Override
    public Future<Principal> identify(RoutingContext request) {
        return exchange(request).authenticate(null);
    }

    /** What a route does not know to be for users is not for them. */
    private static Principal withKey(Principal who) {
        if (who.keyId() == null) {
            throw new PlatformException(new CredentialError.ApiKeyRequired());
        }
        return who;
    }

    @Override
    public void endsItself(RoutingContext request) {
        Exchange.of(request).endsItself();
    }

    @Override
    public Future<byte[]> body(RoutingContext request, int limit) {
        Promise<byte[]> promise = Promise.promise();
        BodyReader.read(exchange(request), limit, limit, new BodyReader.Receiver() {
            @Override
            public void onBody(byte[] bytes, int offset, int length) {
                promise.complete(Arrays.copyOfRange(bytes, offset, offset + length));
            }

            @Override
            public void onBodyFailed(PlatformError error) {
                promise.fail(new PlatformException(error));
            }
        });
        return promise.future();
    }

    @Override
    public void fail(RoutingContext request, Throwable failure) {
        exchange(request).fail(failure);
    }

    @Override
    public void fail(RoutingContext request, PlatformError error) {
        exchange(request).fail(error);
    }

    @Override
    public String requestId(RoutingContext request) {
        return Exchange.of(request).id();
    }

    @Override
    public String clientAddress(RoutingContext request) {
        return Exchange.of(request).clientAddress();
    }

    private static Exchange exchange(RoutingContext request) {
        Exchange exchange = Exchange.of(request);
        exchange.route(request);
        return exchange;
    }
}
