package dev.sandpiper.runtime.postgres;

import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.PoolOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where PostgreSQL is and how long to wait for it.
 *
 * @param poolSize connections of this node, at most
 * @param connectTimeout for a TCP connection
 * @param queryTimeout for one query, waiting for a connection included
 * @param idleTimeout after which a connection is closed that received nothing, be it unused or stuck
 */
public record PostgresConfig(
        PostgresUrl url, int poolSize, Duration connectTimeout, Duration queryTimeout, Duration idleTimeout) {
    private static final String URL_SETTING = "DATABASE_URL";
    private static final long MAX_CLEANING_MILLIS = 1_000;

    /**
     * Whom a node becomes as it connects. The user of the URL owns the tables, and PostgreSQL exempts owners from row-level security;
     * this role owns nothing. The migration makes it.
     */
    private static final String NODE_ROLE = "sandpiper_node";

    /** Longer queues would only collect requests that time out anyway. */
    private static final int WAITING_PER_CONNECTION = 64;

    public static PostgresConfig from(Settings settings) {
        return new PostgresConfig(
                url(settings),
                settings.integer("DATABASE_POOL_SIZE", 8, 1, 500, "Connections of one node to PostgreSQL, at most."),
                settings.duration(
                        "DATABASE_CONNECT_TIMEOUT",
                        Duration.ofSeconds(1),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(30),
                        "How long connecting to PostgreSQL may take."),
                settings.duration(
                        "DATABASE_QUERY_TIMEOUT",
                        Duration.ofMillis(1_500),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "How long a query may take, waiting for a connection included; then DATABASE_UNAVAILABLE."),
                settings.duration(
                        "DATABASE_IDLE_TIMEOUT",
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        "A connection that received nothing for so long is closed, be it unused or stuck."));
    }

    /** For {@code SchemaMigration} and other users of JDBC. Holds no credentials. */
    public String jdbcUrl() {
        var jdbc = new StringBuilder("jdbc:postgresql://")
                .append(url.host().contains(":") ? "[" + url.host() + "]" : url.host())
                .append(':')
                .append(url.port())
                .append('/')
                .append(encode(url.database()))
                .append("?sslmode=")
                .append(url.sslMode().value);
        String certificates = url.sslRootCertificate();
        if (certificates != null) {
            jdbc.append(
                    certificates.equals(PostgresUrl.SYSTEM_CERTIFICATES)
                            ? "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
                            : "&sslrootcert=" + encode(certificates));
        }
        String schema = url.schema();
        if (schema != null) {
            jdbc.append("&currentSchema=").append(encode(schema));
        }
        return jdbc.toString();
    }

    public String user() {
        return url.user();
    }

    public Secret password() {
        return url.password();
    }

    PgConnectOptions connectOptions() {
        var options = new PgConnectOptions()
                .setHost(url.host())
                .setPort(url.port())
                .setDatabase(url.database())
                .setUser(url.user())
                .setPassword(url.password().reveal())
                .setSslMode(url.sslMode())
                .setCachePreparedStatements(true)
                .addProperty("application_name", "sandpiper")
                .addProperty("role", NODE_ROLE);
        if (url.sslMode() != SslMode.DISABLE) {
            options.setSslOptions(sslOptions());
        }
        String schema = url.schema();
        if (schema != null) {
            options.addProperty("search_path", schema);
        }
        return options;
    }

    /** For a connection that works for the installation as a whole; see {@link Database#platform}. */
    PgConnectOptions platformOptions() {
        return connectOptions().addProperty("sandpiper.access", "platform");
    }

    /**
     * The read timeout is what frees the pool of connections to a server that went silent: the query on them was given up
     * long before, but without it they would count as busy until TCP gives up, a quarter of an hour later.
     */
    NetClientOptions transportOptions() {
        return new NetClientOptions()
                .setConnectTimeout((int) connectTimeout.toMillis())
                .setReadIdleTimeout((int) idleTimeout.toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setTcpKeepAlive(true)
                .setTcpNoDelay(true);
    }

    /**
     * The pool itself closes what nobody uses, at half the read timeout: a connection may not be lent at the moment at which that closes
     * it, as to whoever asks in the very same rhythm.
     */
    PoolOptions poolOptions() {
        return new PoolOptions()
                .setMaxSize(poolSize)
                .setIdleTimeout((int) idleTimeout.toMillis() / 2)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setPoolCleanerPeriod((int) Math.min(MAX_CLEANING_MILLIS, idleTimeout.toMillis() / 4))
                .setMaxWaitQueueSize(poolSize * WAITING_PER_CONNECTION)
                .setConnectionTimeout((int) queryTimeout.toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                .setName("postgres");
    }

    private ClientSSLOptions sslOptions() {
        var ssl = new ClientSSLOptions();
        String certificates = url.sslRootCertificate();
        if (certificates == null) {
            return ssl.setTrustAll(true); // as every PostgreSQL client does unless told to verify
        }
        ssl.setTrustOptions(
                certificates.equals(PostgresUrl.SYSTEM_CERTIFICATES)
                        ? systemCertificates()
                        : new PemTrustOptions().addCertPath(certificates));
        return ssl.setHostnameVerificationAlgorithm(url.sslMode() == SslMode.VERIFY_FULL ? "HTTPS" : "");
    }

    private static TrustOptions systemCertificates() {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return TrustOptions.wrap(factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK's own certificate authorities cannot be read", e);
        }
    }

    private static PostgresUrl url(Settings settings) {
        Secret text = settings.secret(
                URL_SETTING,
                "PostgreSQL, as postgresql://user:password@host:5432/database?sslmode=…; also sslrootcert (a PEM file, or"
                        + " system) and currentSchema.");
        var nowhere = PostgresUrl.parse("postgresql://sandpiper@localhost/sandpiper");
        if (text == null) {
            settings.fault(URL_SETTING, "is required: where PostgreSQL is");
            return nowhere;
        }
        try {
            PostgresUrl url = PostgresUrl.parse(text.reveal());
            checkCertificates(settings, url);
            return url;
        } catch (IllegalArgumentException e) {
            settings.fault(URL_SETTING, String.valueOf(e.getMessage()));
            return nowhere;
        }
    }

    private static void checkCertificates(Settings settings, PostgresUrl url) {
        String file = url.sslRootCertificate();
        if (file == null || file.equals(PostgresUrl.SYSTEM_CERTIFICATES)) {
            return;
        }
        if (!Files.isReadable(Path.of(file))) {
            settings.fault(URL_SETTING, "names an sslrootcert that cannot be read: " + file);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
