package dev.sandpiper.http;

import dev.sandpiper.domain.Principal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Says what became of each request, in a metric and in the log: what went well at level debug, what did not at info. Never
 * a query, a payload or a credential.
 */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.sandpiper.http.access");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD");
    private static final String OTHER = "other";
    /** What nginx writes when the client did not wait for the answer. */
    private static final int CLIENT_WENT_AWAY = 499;

    private static final int STATUSES = 600;
    /** No segment of ours is as long as a credential; the secret of a key begins after these first characters. */
    private static final Pattern LONG_SEGMENT = Pattern.compile("([^/]{20})[^/]{20,}");

    private final MeterRegistry registry;
    private final Map<String, Map<String, Timer[]>> timers = new HashMap<>();

    AccessLog(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(Exchange exchange, long nanos) {
        HttpServerResponse response = exchange.request().response();
        int status = response.ended() ? response.getStatusCode() : CLIENT_WENT_AWAY;
        String method = exchange.request().method().name();
        String route = exchange.route();
        timer(route == null ? OTHER : route, METHODS.contains(method) ? method : OTHER, status)
                .record(nanos, TimeUnit.NANOSECONDS);
        Level level = status < 400 ? Level.DEBUG : Level.INFO;
        if (LOG.isEnabledForLevel(level)) {
            log(level, exchange, method, status, nanos);
        }
    }

    /** Says in {@code line} which request it is about. */
    static LoggingEventBuilder about(Exchange exchange, LoggingEventBuilder line) {
        LoggingEventBuilder named = line.addKeyValue("request_id", exchange.id());
        Principal principal = exchange.principal();
        return principal == null
                ? named
                : named.addKeyValue("tenant", principal.tenant().value())
                        .addKeyValue("project", principal.project().value());
    }

    /** A key put into the path by mistake loses its secret; what is left tells whose key it is. */
    private static @Nullable String withoutCredentials(@Nullable String path) {
        return path == null ? null : LONG_SEGMENT.matcher(path).replaceAll("$1…");
    }

    private static void log(Level level, Exchange exchange, String method, int status, long nanos) {
        about(exchange, LOG.atLevel(level))
                .addKeyValue("method", method)
                .addKeyValue("path", withoutCredentials(exchange.request().path()))
                .addKeyValue("status", status)
                .addKeyValue("duration_ms", nanos / 1_000_000.0)
                .addKeyValue("client", exchange.clientAddress())
                .addKeyValue("scheme", exchange.scheme())
                .log("Request answered");
    }

    private Timer timer(String route, String method, int status) {
        Timer[] byStatus =
                timers.computeIfAbsent(route, r -> new HashMap<>()).computeIfAbsent(method, m -> new Timer[STATUSES]);
        Timer timer = byStatus[status];
        if (timer == null) {
            timer = Timer.builder("sandpiper.http.requests")
                    .description("Requests, from their head to the end of their answer")
                    .tag("route", route)
                    .tag("method", method)
                    .tag("status", Integer.toString(status))
                    .register(registry);
            byStatus[status] = timer;
        }
        return timer;
    }
}
