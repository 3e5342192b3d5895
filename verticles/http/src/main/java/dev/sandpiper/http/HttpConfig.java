package dev.sandpiper.http;

import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.http.AddressRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the public listener listens.
 *
 * @param host to bind; the loopback by default, so that nothing is exposed before somebody asked for it
 * @param port 0 for any free one, then told by {@link HttpGate#port()}
 * @param tls null for plain HTTP
 * @param payload of one event
 * @param maxBatchBytes of a batch's body
 * @param bodyMemory bytes of request bodies that one event loop holds at a time
 * @param requestTimeout from a request's first byte to its last
 * @param idleTimeout of a connection without a request
 * @param drainTimeout for requests in flight at shutdown
 */
public record HttpConfig(
        String host,
        int port,
        int backlog,
        @Nullable Tls tls,
        PayloadLimit payload,
        int maxBatchBytes,
        long bodyMemory,
        int maxUriBytes,
        int maxHeaderBytes,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration drainTimeout,
        List<String> corsOrigins,
        List<AddressRange> trustedProxies) {

    /** @param reload how often to look whether the files have changed */
    public record Tls(String certificate, String key, Duration reload) {}

    public HttpConfig {
        corsOrigins = List.copyOf(corsOrigins);
        trustedProxies = List.copyOf(trustedProxies);
    }

    public static HttpConfig from(Settings s) {
        int maxEvent = s.integer("HTTP_MAX_EVENT", 128 << 10, 1 << 10, 1 << 20, "Bytes of one event's payload");
        int maxBatch = s.integer("HTTP_MAX_BATCH", 8 << 20, 1 << 10, 64 << 20, "Bytes of a batch's request body");
        if (maxBatch < maxEvent) {
            s.fault("HTTP_MAX_BATCH", "must not be less than SANDPIPER_HTTP_MAX_EVENT");
        }
        return new HttpConfig(
                s.text("HTTP_HOST", "127.0.0.1", "Address that the public listener binds; 0.0.0.0 for all"),
                s.integer("HTTP_PORT", 8080, 0, 65_535, "Port of the public listener; 0 for any free one"),
                s.integer("HTTP_BACKLOG", 1_024, 1, 65_535, "Connections that may wait to be accepted"),
                tls(s),
                new PayloadLimit(maxEvent),
                maxBatch,
                s.number(
                        "HTTP_BODY_MEMORY",
                        64L << 20,
                        1L << 20,
                        8L << 30,
                        "Bytes of request bodies held at a time, per event loop; beyond, requests are answered 503"),
                s.integer("HTTP_MAX_URI", 8 << 10, 256, 64 << 10, "Bytes of a request line"),
                s.integer("HTTP_MAX_HEADERS", 16 << 10, 1 << 10, 256 << 10, "Bytes of a request's header fields"),
                s.duration(
                        "HTTP_REQUEST_TIMEOUT",
                        Duration.ofSeconds(30),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10),
                        "Time that a request may take to arrive"),
                s.duration(
                        "HTTP_IDLE_TIMEOUT",
                        Duration.ofSeconds(75),
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        "Time that a connection may stay open without a request"),
                s.duration(
                        "HTTP_DRAIN_TIMEOUT",
                        Duration.ofSeconds(10),
                        Duration.ZERO,
                        Duration.ofMinutes(5),
                        "Time that requests in flight get at shutdown"),
                s.list("CORS_ORIGINS", List.of(), "Origins whose pages may call the API, or *; none by default"),
                proxies(s));
    }

    private static @Nullable Tls tls(Settings s) {
        String certificate = s.optional("TLS_CERTIFICATE", "PEM file of the certificate chain; plain HTTP without");
        String key = s.optional("TLS_KEY", "PEM file of the certificate's private key");
        Duration reload = s.duration(
                "TLS_RELOAD",
                Duration.ofSeconds(10),
                Duration.ofMillis(50),
                Duration.ofHours(1),
                "How often to look whether the TLS files have changed");
        if (certificate != null && key != null) {
            return new Tls(certificate, key, reload);
        }
        if (certificate != null || key != null) {
            s.fault("TLS_CERTIFICATE", "and SANDPIPER_TLS_KEY go together");
        }
        return null;
    }

    private static List<AddressRange> proxies(Settings s) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String text : s.list(
                "TRUSTED_PROXIES",
                List.of(),
                "Addresses or CIDR ranges of proxies whose X-Forwarded-* and Forwarded headers are believed")) {
            AddressRange range = AddressRange.parse(text);
            if (range == null) {
                s.fault("TRUSTED_PROXIES", "must hold addresses or ranges such as 10.0.0.0/8, not " + text);
            } else {
                ranges.add(range);
            }
        }
        return ranges;
    }
}
