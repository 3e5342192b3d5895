package dev.sandpiper.http;

import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.runtime.audit.Refusals;
import dev.sandpiper.runtime.auth.Authenticator;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What one event loop's requests share. Used on that loop only. */
final class Front {
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    final HttpConfig config;
    final HttpGate gate;
    final Refusals refusals;
    final Credentials credentials;
    final RequestIds ids = new RequestIds(new SplittableRandom(new SecureRandom().nextLong()));
    final Cors cors;
    final ClientAddress addresses;
    final BodyMemory memory;
    final AccessLog accessLog;

    private final Context context;
    private final Promise<Void> drained = Promise.promise();
    private Map<String, Handler<Exchange>> direct = Map.of();
    private Handler<HttpServerRequest> router = request -> {};
    private @Nullable Exchange entering;
    private int inFlight;
    private boolean draining;

    Front(
            HttpConfig config,
            HttpGate gate,
            Authenticator authenticator,
            Refusals refusals,
            MeterRegistry registry,
            Context context) {
        this.config = config;
        this.gate = gate;
        this.refusals = refusals;
        this.context = context;
        this.credentials = new Credentials(authenticator);
        this.cors = new Cors(config.corsOrigins());
        this.addresses = new ClientAddress(config.trustedProxies());
        this.memory = new BodyMemory(config.bodyMemory(), config.requestTimeout());
        this.accessLog = new AccessLog(registry);
    }

    /** @param direct handlers of POST requests by their whole URI, which need no router */
    void routes(Map<String, Handler<Exchange>> direct, Handler<HttpServerRequest> router) {
        this.direct = direct;
        this.router = router;
    }

    Context context() {
        return context;
    }

    void handle(Exchange exchange) {
        HttpServerRequest request = exchange.request();
        if (exchange.comesTooLate()) {
            exchange.fail(new ConnectionEnd.ShuttingDown(RECONNECT));
            return;
        }
        Handler<Exchange> shortcut = direct.get(request.uri());
        if (shortcut != null && exchange.isPost()) {
            exchange.begin();
            take(shortcut, exchange);
        } else if (cors.isPreflight(request)) {
            exchange.begin();
            cors.grant(request);
            exchange.answerEmpty(204);
        } else {
            entering = exchange;
            router.handle(request);
        }
    }

    private static void take(Handler<Exchange> shortcut, Exchange exchange) {
        try {
            shortcut.handle(exchange);
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    /** The router's first handler: ties the routing context, made by the router just now, to its exchange. */
    void enter(RoutingContext routing) {
        Exchange exchange = entering;
        entering = null;
        if (exchange == null) {
            throw new IllegalStateException("a request came to the router by another way than handle()");
        }
        exchange.begin(routing);
        routing.next();
    }

    void began() {
        inFlight++;
    }

    void ended() {
        inFlight--;
        if (draining && inFlight == 0) {
            drained.tryComplete();
        }
    }

    /** Succeeds when no request is in flight. */
    Future<Void> drain() {
        draining = true;
        if (inFlight == 0) {
            drained.tryComplete();
        }
        return drained.future();
    }

    int inFlight() {
        return inFlight;
    }
}
