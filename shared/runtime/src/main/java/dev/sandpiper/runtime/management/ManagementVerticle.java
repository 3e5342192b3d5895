package dev.sandpiper.runtime.management;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Listens for those who run the node: {@code /health/live}, {@code /health/ready}, {@code /health/started}, {@code /metrics}. */
public final class ManagementVerticle extends VerticleBase {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final ManagementConfig config;
    private final Health health;
    private final NodeMetrics metrics;
    private final String nodeId;
    private volatile int port;

    public ManagementVerticle(ManagementConfig config, Health health, NodeMetrics metrics, String nodeId) {
        this.config = config;
        this.health = health;
        this.metrics = metrics;
        this.nodeId = nodeId;
    }

    /** That it listens on, once deployed. */
    public int port() {
        return port;
    }

    @Override
    public Future<HttpServer> start() {
        // Nothing here gains from HTTP/2, and changing the protocol of a connection is one more thing that can go
        // wrong.
        return vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                .requestHandler(this::handle)
                .listen(config.port(), config.host())
                .onSuccess(server -> port = server.actualPort());
    }

    private void handle(HttpServerRequest request) {
        if (!READING.contains(request.method())) {
            request.response()
                    .setStatusCode(405)
                    .putHeader(HttpHeaders.ALLOW, "GET, HEAD")
                    .end();
            return;
        }
        switch (Objects.requireNonNullElse(request.path(), "")) {
            // That this answers is the proof of life of its own loop.
            case "/health/live" -> answer(request, metrics.loopsTurn(), Map.of());
            case "/health/started" -> answer(request, health.isStarted(), Map.of());
            case "/health/ready" ->
                health.report().onSuccess(report -> answer(request, report.ready(), results(report)));
            case "/metrics" ->
                vertx.executeBlocking(metrics::scrape, false)
                        .onSuccess(text -> send(request, 200, PROMETHEUS, text))
                        .onFailure(failure -> send(request, 500, "text/plain", String.valueOf(failure.getMessage())));
            default -> request.response().setStatusCode(404).end();
        }
    }

    private static Map<String, Optional<String>> results(Health.Report report) {
        Map<String, Optional<String>> results = new TreeMap<>(report.results());
        results.put("started", report.started() ? Optional.empty() : Optional.of("still starting"));
        results.put("serving", report.shuttingDown() ? Optional.of("shutting down") : Optional.empty());
        return results;
    }

    private void answer(HttpServerRequest request, boolean well, Map<String, Optional<String>> results) {
        var checks = new JsonObject();
        results.forEach((name, reason) -> {
            var check = new JsonObject().put("ok", reason.isEmpty());
            reason.ifPresent(text -> check.put("reason", text));
            checks.put(name, check);
        });
        var body = new JsonObject()
                .put("status", well ? "ok" : "unavailable")
                .put("node", nodeId)
                .put("checks", checks);
        send(request, well ? 200 : 503, JSON, body.encode());
    }

    private static void send(HttpServerRequest request, int status, String type, String body) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body);
    }
}
