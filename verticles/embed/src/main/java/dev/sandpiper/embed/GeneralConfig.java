package dev.sandpiper.embed;

import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * What belongs to no feature.
 *
 * @param nodeId unique in the cluster
 * @param secret the installation's, the same on every node
 * @param eventLoops threads that serve clients
 * @param migrate whether the node brings the database to its own version when it starts
 * @param databaseStartupTimeout how long a starting node waits for PostgreSQL
 * @param shutdownDelay between turning unready and refusing clients, for load balancers to notice
 */
public record GeneralConfig(
        String nodeId,
        Set<Role> roles,
        Secret secret,
        int eventLoops,
        boolean migrate,
        Duration databaseStartupTimeout,
        Duration shutdownDelay) {
    private static final int MIN_SECRET = 32;
    private static final int MAX_CORES = 1_024;
    private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    public GeneralConfig {
        roles = Set.copyOf(roles);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    static GeneralConfig from(Settings settings) {
        return new GeneralConfig(
                nodeId(settings),
                roles(settings),
                secret(settings),
                eventLoops(settings),
                settings.flag("DATABASE_MIGRATE", true, "Bring the database to this version's schema at the start"),
                settings.duration(
                        "DATABASE_STARTUP_TIMEOUT",
                        Duration.ofSeconds(30),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "How long a starting node waits for PostgreSQL"),
                settings.duration(
                        "SHUTDOWN_DELAY",
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofSeconds(30),
                        "How long a node that shuts down still serves while it reports unready, for load balancers to"
                                + " notice"));
    }

    private static String nodeId(Settings settings) {
        String id = settings.optional("NODE_ID", "Name of the node, unique in the cluster; random when not given");
        if (id == null) {
            return "node-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000_0000, 0x7fff_ffff));
        }
        if (!NODE_ID.matcher(id).matches()) {
            settings.fault("NODE_ID", "must be 1 to 63 characters of [A-Za-z0-9._-]");
        }
        return id;
    }

    private static Set<Role> roles(Settings settings) {
        List<String> names = settings.list(
                "ROLES", List.of("http", "sockets", "publisher", "feed"), "What the node does, separated by commas");
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String name : names) {
            try {
                roles.add(Role.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                settings.fault("ROLES", "must be some of http, sockets, publisher and feed, not " + name);
            }
        }
        if (roles.isEmpty()) {
            settings.fault("ROLES", "must name at least one role");
        }
        if (roles.contains(Role.SOCKETS) && !roles.contains(Role.HTTP)) {
            settings.fault("ROLES", "with sockets must have http too: it is what connections come in by");
        }
        if (roles.contains(Role.HTTP) && !roles.contains(Role.FEED)) {
            settings.fault("ROLES", "with http must have feed too: it is where events are read");
        }
        return roles;
    }

    private static Secret secret(Settings settings) {
        Secret secret = settings.secret(
                "SECRET",
                "Secret of the installation, at least " + MIN_SECRET
                        + " random characters, the same on every node; API keys and cursors depend on it");
        if (secret == null) {
            settings.fault("SECRET", "is required: at least " + MIN_SECRET + " random characters");
            return new Secret("");
        }
        if (secret.reveal().getBytes(StandardCharsets.UTF_8).length < MIN_SECRET) {
            settings.fault("SECRET", "must have at least " + MIN_SECRET + " characters");
        }
        return secret;
    }

    private static int eventLoops(Settings settings) {
        int loops =
                settings.integer("EVENT_LOOPS", 0, 0, MAX_CORES, "Threads that serve clients; 0 for one per processor");
        return loops == 0 ? Runtime.getRuntime().availableProcessors() : loops;
    }
}
