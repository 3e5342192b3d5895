package dev.sandpiper.http;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.ErrorJson;
import dev.sandpiper.protocol.ErrorMapping;
import dev.sandpiper.protocol.MediaTypes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.audit.Refusals;
import dev.sandpiper.runtime.auth.Caller;
import dev.sandpiper.runtime.http.QueryParameters;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer: what is done for every request, whatever way it takes. Used on its event loop only.
 */
public final class Exchange implements Handler<Void>, Caller {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final String KEY = Exchange.class.getName();
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
    private static final CharSequence KEY_EXPIRES = HttpHeaders.createOptimized("Sandpiper-Key-Expires");
    private static final CharSequence JSON = HttpHeaders.createOptimized(MediaTypes.JSON);
    private static final CharSequence PROBLEM = HttpHeaders.createOptimized(MediaTypes.PROBLEM);
    private static final CharSequence AUTHENTICATE = HttpHeaders.createOptimized("WWW-Authenticate");
    private static final CharSequence CHALLENGE = HttpHeaders.createOptimized("Bearer realm=\"sandpiper\"");
    /** Longer bodies are not read to their end just to keep a connection. */
    private static final long WORTH_READING = 1 << 20;

    private static final long UNKNOWN = -1;

    private final Front front;
    private final ClientConnection connection;
    private final HttpServerRequest request;
    private final String id;
    private final long began = System.nanoTime();
    private final boolean upgrade;
    private @Nullable QueryParameters query;
    private @Nullable Principal principal;
    private @Nullable String route;
    private boolean endsItself;
    /** Exchanges of the same connection that are not answered yet. */
    private @Nullable Exchange before;

    private @Nullable Exchange after;
    private long announced = UNKNOWN - 1;
    private long held;
    private boolean bodyRefused;

    Exchange(Front front, ClientConnection connection, HttpServerRequest request) {
        this.front = front;
        this.connection = connection;
        this.request = request;
        MultiMap headers = request.headers();
        this.id = front.ids.choose(headers.get(REQUEST_ID));
        this.upgrade = headers.contains(HttpHeaders.UPGRADE);
        request.response().headers().set(REQUEST_ID, id);
        front.cors.decorate(request);
    }

    /** The exchange that the listener began for this request. */
    static Exchange of(RoutingContext routing) {
        Exchange exchange = routing.get(KEY);
        if (exchange == null) {
            throw new IllegalStateException("this request did not come in through the listener");
        }
        return exchange;
    }

    void begin() {
        request.response().endHandler(this);
        count();
    }

    void begin(RoutingContext routing) {
        routing.put(KEY, this);
        routing.addEndHandler(end -> handle(null));
        count();
    }

    /** A WebSocket leaves HTTP for good: its request is never answered in this sense. */
    private void count() {
        if (!upgrade) {
            connection.began(this);
            front.began();
        }
    }

    /** The answer is complete, or the client is gone. */
    @Override
    public void handle(@Nullable Void end) {
        front.memory.release(held);
        held = 0;
        if (!upgrade) {
            connection.ended(this);
            front.ended();
        }
        front.accessLog.ended(this, System.nanoTime() - began);
    }

    public HttpServerRequest request() {
        return request;
    }

    public String id() {
        return id;
    }

    Front front() {
        return front;
    }

    @Nullable
    Principal principal() {
        return principal;
    }

    /** The route's pattern, for metrics; null when no route took the request. */
    @Nullable
    String route() {
        return route;
    }

    void route(String pattern) {
        route = pattern;
    }

    void route(RoutingContext routing) {
        Route current = routing.currentRoute();
        if (route == null && current != null) {
            route = current.getPath();
        }
    }

    boolean isPost() {
        return HttpMethod.POST.equals(request.method());
    }

    boolean comesTooLate() {
        return connection.comesTooLate();
    }

    boolean hasQuery() {
        return request.uri().indexOf('?') >= 0;
    }

    /** @throws PlatformException when the query is malformed */
    public QueryParameters query() {
        QueryParameters parsed = query;
        if (parsed == null) {
            parsed = QueryParameters.of(request.uri());
            query = parsed;
        }
        return parsed;
    }

    /** The client's address, looking through configured proxies only. */
    public String clientAddress() {
        return front.addresses.address(connection.peer(), request.headers());
    }

    @Override
    public String address() {
        return clientAddress();
    }

    @Override
    public @Nullable String origin() {
        return request.headers().get(HttpHeaders.ORIGIN);
    }

    @Override
    public Purpose purpose() {
        String path = request.path();
        boolean administers = path != null && (path.startsWith("/v1/admin/") || path.startsWith("/admin/"));
        if (!administers) {
            return Purpose.USE;
        }
        return HttpMethod.GET.equals(request.method()) ? Purpose.READ_ADMINISTRATION : Purpose.ADMINISTER;
    }

    /** Whoever answers learns by itself when the credential is taken away. */
    void endsItself() {
        endsItself = true;
    }

    /**
     * Ends this if the caller is one of those who lost their right to it. What is not wholly asked for is refused. What was asked for and
     * may have happened is broken off: the client must not take it for refused.
     */
    void cut(Predicate<Principal> lost, PlatformError reason) {
        Principal who = principal;
        if (endsItself || who == null || !lost.test(who) || goesOn(reason)) {
            return;
        }
        boolean reads = HttpMethod.GET.equals(request.method());
        if (reads || !request.isEnded()) {
            refuseBody();
            fail(reason);
        } else if (!request.response().ended()) {
            request.response().reset();
        }
    }

    /** Administration of a suspended tenant does, as far as it was let in. */
    private boolean goesOn(PlatformError reason) {
        return reason instanceof ConnectionEnd.TenantSuspended && purpose() != Purpose.USE;
    }

    /** Puts this in front of the others of its connection; returns the new first. */
    Exchange link(@Nullable Exchange first) {
        after = first;
        if (first != null) {
            first.before = this;
        }
        return this;
    }

    /** Takes it out again; returns what is first then. */
    @Nullable
    Exchange unlink(@Nullable Exchange first) {
        Exchange next = after;
        Exchange previous = before;
        if (next != null) {
            next.before = previous;
        }
        if (previous != null) {
            previous.after = next;
        }
        before = null;
        after = null;
        return first == this ? next : first;
    }

    @Nullable
    Exchange after() {
        return after;
    }

    String scheme() {
        return front.addresses.scheme(connection.peer(), request.isSSL(), request.headers());
    }

    /** Who is asking. Until it is known, the request's body waits. */
    Future<Principal> authenticate(@Nullable Scope scope) {
        Future<Principal> check = front.credentials.check(this);
        if (check.isComplete()) {
            return check.succeeded() ? admit(check.result(), scope) : check;
        }
        request.pause();
        Promise<Principal> promise = Promise.promise();
        check.compose(who -> admit(who, scope)).onComplete(result -> {
            // Whoever waits sets the handlers of the body now, and only then may it flow.
            promise.handle(result);
            request.resume();
        });
        return promise.future();
    }

    private Future<Principal> admit(Principal who, @Nullable Scope scope) {
        principal = who;
        Instant retires = who.retiresAt();
        if (retires != null) {
            request.response().headers().set(KEY_EXPIRES, Timestamps.format(retires));
        }
        return scope == null || who.has(scope)
                ? Future.succeededFuture(who)
                : Future.failedFuture(new PlatformException(new CredentialError.InsufficientScope(scope)));
    }

    /** {@code Content-Length}, -1 when there is none. */
    long announcedLength() {
        if (announced < UNKNOWN) {
            String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
            announced = length == null ? UNKNOWN : Long.parseLong(length);
        }
        return announced;
    }

    /** Reserves memory until the request is answered; false when there is none to be had. */
    boolean hold(int bytes) {
        boolean granted = front.memory.reserve(bytes);
        if (granted) {
            held += bytes;
        }
        return granted;
    }

    void refuseBody() {
        bodyRefused = true;
    }

    public void answerJson(int status, byte[] json) {
        answer(status, JSON, json);
    }

    void answerEmpty(int status) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status);
        finish(response, response.end());
    }

    private void answer(int status, CharSequence type, byte[] body) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status).headers().set(HttpHeaders.CONTENT_TYPE, type);
        boolean last = endsConnection();
        if (last) {
            response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        finish(response, response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(body))));
        if (last) {
            connection.closeAfter(request);
        }
    }

    private void finish(HttpServerResponse response, Future<Void> written) {
        if (request.isEnded()) {
            return;
        }
        if (isHttp2() && leavesBody()) {
            written.onComplete(end -> response.reset(0));
        } else {
            request.resume();
        }
    }

    private boolean endsConnection() {
        return !isHttp2() && (front.gate.isClosing() || leavesBody());
    }

    private boolean isHttp2() {
        return request.version() == HttpVersion.HTTP_2;
    }

    private boolean leavesBody() {
        return !request.isEnded()
                && (bodyRefused
                        || announcedLength() > WORTH_READING
                        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING));
    }

    /** The route's pattern: what was asked for is the client's to choose, and there would be no end of it. */
    private String mountedAt() {
        String pattern = route;
        return pattern == null ? "*" : pattern;
    }

    /** Answers with an error in the format that the client accepts; an unforeseen failure is logged. */
    public void fail(Throwable failure) {
        if (failure instanceof PlatformException expected) {
            fail(expected.error());
            return;
        }
        AccessLog.about(this, LOG.atError()).setCause(failure).log("A request failed unexpectedly");
        fail(new AvailabilityError.Internal());
    }

    /** Likewise. */
    public void fail(PlatformError error) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // The status is out already: only breaking off tells the client that this is not the whole answer.
            response.reset();
            return;
        }
        if (error instanceof CredentialError || error instanceof ConnectionEnd.TenantSuspended) {
            front.refusals.refused(new Refusals.Refusal(
                    principal, error.code(), request.method() + " " + mountedAt(), id, clientAddress()));
        }
        ErrorMapping mapping = ErrorMapping.of(error);
        MultiMap headers = response.headers();
        Duration retryAfter = mapping.retryAfter();
        if (retryAfter != null) {
            headers.set(
                    HttpHeaders.RETRY_AFTER,
                    Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds())));
        }
        if (mapping.status() == 401) {
            headers.set(AUTHENTICATE, CHALLENGE);
        }
        if (error instanceof RequestError.MethodNotAllowed wrong) {
            headers.set(HttpHeaders.ALLOW, wrong.allowed());
        }
        String accept = request.headers().get(HttpHeaders.ACCEPT);
        if (accept != null && MediaTypes.prefersProblem(accept)) {
            answer(mapping.status(), PROBLEM, ErrorJson.problem(error, id));
        } else {
            answer(mapping.status(), JSON, ErrorJson.encode(error, id));
        }
    }
}
