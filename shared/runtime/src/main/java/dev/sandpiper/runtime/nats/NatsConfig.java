package dev.sandpiper.runtime.nats;

import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to reach NATS and what stream to keep there.
 *
 * @param urls of one or more servers of the same cluster
 * @param namespace prefix of the stream and of all subjects; empty for none
 * @param credentials path of a {@code .creds} file
 * @param maxBytes of the whole stream, -1 for no limit; when full, publishing is refused
 * @param maxAge of an event, zero for no limit
 * @param maxMessageBytes of one event with its headers
 * @param startupTimeout how long to wait at the start for a server that is not there yet
 * @param monitorUrls of the servers' monitoring ports, to learn whether they synchronise each write to disk
 */
public record NatsConfig(
        List<String> urls,
        String namespace,
        @Nullable String credentials,
        @Nullable Secret token,
        @Nullable String user,
        @Nullable Secret password,
        Tls tls,
        int replicas,
        long maxBytes,
        Duration maxAge,
        int maxMessageBytes,
        Duration dedupeWindow,
        Duration connectTimeout,
        Duration startupTimeout,
        Duration pingInterval,
        List<String> monitorUrls) {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
    /** A namespace of these names would make one installation's stream capture another's subjects. */
    private static final Set<String> RESERVED =
            Set.of(Subjects.STORED, Subjects.LIVE, Subjects.TRIMS, Subjects.REDRIVEN, Subjects.DEAD, Subjects.KEYS);

    /** The same of other cells, such as {@code events-1}. */
    private static final Pattern NUMBERED = Pattern.compile("(" + String.join("|", RESERVED) + ")-[0-9]+");

    /**
     * @param required even when the URL does not begin with {@code tls://}
     * @param trustStore whom to trust; null for the JDK's certificates
     * @param keyStore the client certificate; null for none
     */
    public record Tls(
            boolean required,
            @Nullable String trustStore,
            @Nullable Secret trustStorePassword,
            @Nullable String keyStore,
            @Nullable Secret keyStorePassword) {}

    public NatsConfig {
        urls = List.copyOf(urls);
        monitorUrls = List.copyOf(monitorUrls);
    }

    public static NatsConfig from(Settings s) {
        String namespace =
                s.text("NATS_NAMESPACE", "", "Prefix of the stream and its subjects, to share a NATS server");
        boolean taken =
                RESERVED.contains(namespace) || NUMBERED.matcher(namespace).matches();
        if (!namespace.isEmpty() && (!NAMESPACE.matcher(namespace).matches() || taken)) {
            s.fault(
                    "NATS_NAMESPACE",
                    "must be 1 to 32 characters of [a-z0-9_-] and none of " + RESERVED + ", with a number or without");
        }
        String user = s.optional("NATS_USER", "User name for NATS");
        Secret password = s.secret("NATS_PASSWORD", "Password for NATS");
        if ((user == null) != (password == null)) {
            s.fault("NATS_USER", "and SANDPIPER_NATS_PASSWORD go together");
        }
        return new NatsConfig(
                s.list("NATS_URL", List.of("nats://127.0.0.1:4222"), "NATS servers, separated by commas"),
                namespace,
                s.optional("NATS_CREDENTIALS", "Path of a NATS credentials file"),
                s.secret("NATS_TOKEN", "Token for NATS"),
                user,
                password,
                new Tls(
                        s.flag("NATS_TLS", false, "Insist on TLS to NATS"),
                        s.optional("NATS_TLS_TRUST_STORE", "Path of a trust store (PKCS12 or JKS) for NATS"),
                        s.secret("NATS_TLS_TRUST_STORE_PASSWORD", "Password of that trust store"),
                        s.optional("NATS_TLS_KEY_STORE", "Path of a key store with the client certificate for NATS"),
                        s.secret("NATS_TLS_KEY_STORE_PASSWORD", "Password of that key store")),
                s.integer("NATS_REPLICAS", 1, 1, 5, "Copies of the event stream in the NATS cluster: 1, 3 or 5"),
                s.number("NATS_MAX_BYTES", -1, -1, Long.MAX_VALUE, "Size of the event stream, -1 for no limit"),
                s.duration(
                        "NATS_MAX_AGE",
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofDays(3_650),
                        "How long events are kept, 0 for ever"),
                s.integer(
                        "NATS_MAX_MESSAGE_BYTES",
                        1 << 20,
                        1 << 10,
                        1 << 26,
                        "Size of one event with its metadata; the server's own max_payload must allow it"),
                s.duration(
                        "NATS_DEDUPE_WINDOW",
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(1),
                        Duration.ofDays(1),
                        "How long an idempotency key is remembered"),
                s.duration(
                        "NATS_CONNECT_TIMEOUT",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        "For one attempt to connect to NATS"),
                s.duration(
                        "NATS_STARTUP_TIMEOUT",
                        Duration.ofSeconds(30),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "How long a starting node waits for NATS"),
                s.duration(
                        "NATS_PING_INTERVAL",
                        Duration.ofSeconds(1),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(2),
                        "Between pings; after two without an answer the connection is made anew"),
                s.list(
                        "NATS_MONITOR_URL",
                        List.of(),
                        "Monitoring URLs of the NATS servers, one for each replica; only with them can receipts say fsynced"));
    }
}
