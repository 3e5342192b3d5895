package dev.sandpiper.http;

import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.Refusals;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.http.Routes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The public listener. Deploy one instance per event loop, with everything shared between them; they listen on one port.
 * Undeploying answers the requests in flight and then closes every connection.
 */
public final class HttpVerticle extends VerticleBase {
    private static final long SWEEP_MILLIS = 250;

    private final HttpConfig config;
    private final HttpGate gate;
    private final List<Routes> routes;
    private final Authenticator authenticator;
    private final Refusals refusals;
    private final MeterRegistry registry;
    private @Nullable Front front;
    private @Nullable ConnectionSweep sweep;
    private @Nullable HttpServer server;
    private Runnable revocations = () -> {};

    /**
     * @param routes of every feature, in the order in which they are asked
     * @param refusals what takes note of requests that are refused for lack of a right
     */
    public HttpVerticle(
            HttpConfig config,
            HttpGate gate,
            List<Routes> routes,
            Authenticator authenticator,
            Refusals refusals,
            MeterRegistry registry) {
        this.config = config;
        this.gate = gate;
        this.routes = List.copyOf(routes);
        this.authenticator = authenticator;
        this.refusals = refusals;
        this.registry = registry;
    }

    @Override
    public Future<?> start() {
        var loop = new Front(config, gate, authenticator, refusals, registry, context);
        Router router = MainRouter.create(vertx, loop, routes);
        loop.routes(direct(loop), router);
        front = loop;
        HttpConfig.Tls tls = config.tls();
        if (tls == null) {
            return listen(loop, null);
        }
        var files = new TlsFiles(vertx, tls);
        return files.load().compose(pem -> listen(loop, pem)).onSuccess(files::watch);
    }

    private Map<String, Handler<Exchange>> direct(Front loop) {
        Map<String, Handler<Exchange>> direct = new HashMap<>();
        for (Routes feature : routes) {
            if (feature instanceof DirectRoutes quick) {
                quick.direct(new HttpRouteContext(loop)).forEach((path, handler) -> {
                    direct.put("/v1" + path, handler);
                    direct.put(path, handler);
                });
            }
        }
        return direct;
    }

    private Future<HttpServer> listen(Front loop, @Nullable PemKeyCertOptions pem) {
        var connections = new ConnectionSweep(loop);
        sweep = connections;
        Runnable keys = authenticator.onRevoked(key ->
                context.runOnContext(here -> connections.cut(who -> who.uses(key), new CredentialError.KeyRevoked())));
        Runnable tokens = authenticator.onTokensRevoked(() -> context.runOnContext(
                here -> connections.cut(who -> !authenticator.believes(who), new CredentialError.TokenRevoked())));
        Runnable tenants = authenticator.onSuspended(tenant -> cut(connections, tenant));
        revocations = () -> {
            keys.run();
            tokens.run();
            tenants.run();
        };
        HttpServer listener = vertx.createHttpServer(options(pem))
                .requestHandler(request -> request.connection().close())
                .invalidRequestHandler(new InvalidRequests(loop))
                .connectionHandler(
                        connection -> connections.add(ClientConnection.open(loop, (HttpServerConnection) connection)));
        server = listener;
        return listener.listen().compose(listening -> {
            gate.listening(listening.actualPort());
            vertx.setPeriodic(SWEEP_MILLIS, connections);
            measure(loop, connections);
            Promise<HttpServer> guarded = Promise.promise();
            // Comes from the acceptor's loop: go on at home.
            FirstRequestDeadline.guard(listening, config.requestTimeout())
                    .onComplete(done -> context.runOnContext(home -> guarded.handle(done.map(listening))));
            return guarded.future();
        });
    }

    private Future<?> cut(ConnectionSweep connections, TenantId tenant) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(here -> {
            connections.cut(who -> who.tenant().equals(tenant), new ConnectionEnd.TenantSuspended());
            done.complete();
        });
        return done.future();
    }

    private void measure(Front loop, ConnectionSweep connections) {
        String instance = Integer.toString(gate.nextInstance());
        Gauge.builder("sandpiper.http.inflight", loop, Front::inFlight)
                .description("Requests that are not answered yet")
                .tag("loop", instance)
                .register(registry);
        Gauge.builder("sandpiper.http.connections", connections, ConnectionSweep::count)
                .description("Connections that speak HTTP; those that became WebSockets are not among them")
                .tag("loop", instance)
                .register(registry);
    }

    private HttpServerOptions options(@Nullable PemKeyCertOptions pem) {
        var options = new HttpServerOptions()
                .setHost(config.host())
                // A negative port is any free one that all instances share.
                .setPort(config.port() == 0 ? -1 : config.port())
                .setAcceptBacklog(config.backlog())
                .setTcpNoDelay(true)
                .setMaxInitialLineLength(config.maxUriBytes())
                .setMaxHeaderSize(config.maxHeaderBytes())
                .setHttp2ClearTextEnabled(true)
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(100).setMaxHeaderListSize(config.maxHeaderBytes()))
                // Limits apply before inflation: whoever compresses could send a thousand times as much.
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        if (pem != null) {
            options.setSsl(true).setUseAlpn(true).setKeyCertOptions(pem);
        }
        return options;
    }

    @Override
    public Future<?> stop() {
        gate.stopAccepting();
        revocations.run();
        Front loop = front;
        HttpServer listener = server;
        if (loop == null || listener == null) {
            return Future.succeededFuture();
        }
        if (sweep != null) {
            sweep.goAway();
        }
        Promise<Void> settled = Promise.promise();
        long timer = vertx.setTimer(Math.max(1, config.drainTimeout().toMillis()), late -> settled.tryComplete());
        loop.drain().onComplete(drained -> settled.tryComplete());
        return settled.future().compose(end -> {
            vertx.cancelTimer(timer);
            return listener.close();
        });
    }
}
