package dev.sandpiper.runtime.postgres;

import dev.sandpiper.runtime.config.Secret;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is, as in {@code postgresql://user:password@host:5432/database?sslmode=require}.
 *
 * @param host a name, or an address (IPv6 without brackets)
 * @param sslRootCertificate a PEM file with the authorities to trust, {@code system} for those of the JDK; null for none
 * @param schema where tables are looked up; null for the server's default
 */
record PostgresUrl(
        String user,
        Secret password,
        String host,
        int port,
        String database,
        SslMode sslMode,
        @Nullable String sslRootCertificate,
        @Nullable String schema) {
    static final String SYSTEM_CERTIFICATES = "system";
    private static final int DEFAULT_PORT = 5432;
    private static final Set<String> SCHEMES = Set.of("postgresql", "postgres");
    private static final Set<String> PARAMETERS = Set.of("sslmode", "sslrootcert", "currentSchema");

    /** @throws IllegalArgumentException whose message says what is wrong and repeats nothing of the URL */
    static PostgresUrl parse(String text) {
        URI uri = uri(text);
        String rawUser = uri.getRawUserInfo();
        String host = uri.getHost();
        String path = uri.getPath();
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
            throw new IllegalArgumentException("must begin with postgresql://");
        }
        if (host == null || host.isEmpty()) {
            throw new IllegalArgumentException("names no host");
        }
        if (rawUser == null || rawUser.isEmpty() || rawUser.startsWith(":")) {
            throw new IllegalArgumentException("names no user");
        }
        if (path == null || path.length() < 2 || path.indexOf('/', 1) > 0) {
            throw new IllegalArgumentException("names no database");
        }
        int colon = rawUser.indexOf(':');
        Map<String, String> parameters = parameters(uri.getRawQuery());
        var url = new PostgresUrl(
                decode(colon < 0 ? rawUser : rawUser.substring(0, colon)),
                new Secret(colon < 0 ? "" : decode(rawUser.substring(colon + 1))),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                path.substring(1),
                sslMode(parameters.get("sslmode")),
                parameters.get("sslrootcert"),
                parameters.get("currentSchema"));
        if (url.verifies() && url.sslRootCertificate == null) {
            throw new IllegalArgumentException(
                    "verifies the server (sslmode) but does not say whom to trust: add sslrootcert=FILE, or sslrootcert=system");
        }
        return url;
    }

    boolean verifies() {
        return sslMode == SslMode.VERIFY_CA || sslMode == SslMode.VERIFY_FULL;
    }

    private static URI uri(String text) {
        try {
            return new URI(text.strip());
        } catch (URISyntaxException e) {
            // Neither the message nor the cause: both repeat the URL, and with it the password.
            throw new IllegalArgumentException("is not a URL; percent-encode special characters of the password");
        }
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException(
                        "has a parameter that is none of sslmode, sslrootcert, currentSchema");
            }
            parameters.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
        return parameters;
    }

    private static SslMode sslMode(@Nullable String value) {
        if (value == null) {
            return SslMode.PREFER;
        }
        for (SslMode mode : SslMode.VALUES) {
            if (mode.value.equals(value)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "must have an sslmode of disable, allow, prefer, require, verify-ca or verify-full");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
