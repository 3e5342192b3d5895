package dev.sandpiper.runtime.auth;

import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How credentials are made and how long what is known about them is believed.
 *
 * @param environment the part of new keys that tells installations apart, such as {@code live}
 * @param peppers under which keys are stored: the first for new ones; empty for one that is derived from the installation's secret
 * @param cacheLifetime how long a key is believed without asking PostgreSQL again
 * @param missingLifetime how long an id is believed not to exist
 * @param staleLimit how long a known key keeps working while PostgreSQL is away
 * @param cacheSize keys that a node remembers, and as many ids that do not exist
 * @param pollInterval between questions for changes that the cluster did not announce
 * @param ticketLifetime how long a ticket can be redeemed
 */
public record AuthConfig(
        String environment,
        List<Secret> peppers,
        Duration cacheLifetime,
        Duration missingLifetime,
        Duration staleLimit,
        int cacheSize,
        Duration pollInterval,
        Duration ticketLifetime) {

    public static AuthConfig from(Settings settings) {
        return new AuthConfig(
                environment(settings),
                peppers(settings),
                settings.duration(
                        "KEY_CACHE_LIFETIME",
                        Duration.ofSeconds(30),
                        Duration.ofMillis(10),
                        Duration.ofHours(1),
                        "How long an API key is believed without asking PostgreSQL again. Revocations do not wait for it."),
                settings.duration(
                        "KEY_MISSING_LIFETIME",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(10),
                        "How long an API key that does not exist is refused without asking PostgreSQL again."),
                settings.duration(
                        "KEY_STALE_LIMIT",
                        Duration.ofMinutes(15),
                        Duration.ZERO,
                        Duration.ofHours(24),
                        "How long a known API key keeps working while PostgreSQL cannot be reached."),
                settings.integer(
                        "KEY_CACHE_SIZE",
                        20_000,
                        16,
                        10_000_000,
                        "API keys that a node remembers, and as many that do not exist."),
                settings.duration(
                        "KEY_POLL_INTERVAL",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "How often a node looks for key changes that it was not told of."),
                settings.duration(
                        "TICKET_LIFETIME",
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(10),
                        "How long a ticket can be redeemed."));
    }

    private static List<Secret> peppers(Settings settings) {
        String name = "KEY_PEPPERS";
        Secret all = settings.secret(
                name,
                "Secrets under which API keys are stored, separated by commas: the first is for new keys, and keys of the others go over"
                        + " to it when they are used. Unset: SANDPIPER_SECRET.");
        if (all == null) {
            return List.of();
        }
        List<Secret> peppers = new ArrayList<>();
        for (String pepper : all.reveal().split(",", -1)) {
            if (pepper.strip().getBytes(StandardCharsets.UTF_8).length < Pepper.MIN_LENGTH) {
                settings.fault(name, "must have at least " + Pepper.MIN_LENGTH + " bytes in each item");
                return List.of();
            }
            peppers.add(new Secret(pepper.strip()));
        }
        return peppers;
    }

    private static String environment(Settings settings) {
        String name = "KEY_ENVIRONMENT";
        String environment = settings.text(
                name, "live", "The part of new API keys that tells installations apart: sp_<environment>_….");
        if (!ApiKey.isEnvironment(environment)) {
            settings.fault(name, "must be 1 to 12 characters of [a-z0-9], the first a letter");
            return "live";
        }
        return environment;
    }
}
