package dev.sandpiper.tokens;

import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.tokens.outbound.Networks;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How users' credentials are checked.
 *
 * @param cacheSize verified credentials that a node remembers, and as many refused ones
 * @param maxLifetime that a token may have left; also how long revocations are kept
 * @param refusedLifetime for which a credential that was refused by an endpoint is refused without asking again
 * @param pollInterval between questions for changes that the cluster did not announce
 * @param keysLifetime after which published keys are fetched again, in the background
 * @param keysInterval between fetches of the same keys, at least
 * @param keysStaleLimit for which published keys hold while they cannot be fetched
 * @param outboundTimeout of a question to a customer's address
 * @param allowed networks that questions may go to beside the public Internet
 * @param trusted a file of authorities to trust in place of those that Java trusts
 * @param handlerMaxLifetime for which an endpoint's answer is believed at most
 * @param handlerConcurrency questions to one endpoint at the same time
 */
public record TokensConfig(
        int cacheSize,
        Duration maxLifetime,
        Duration refusedLifetime,
        Duration pollInterval,
        Duration keysLifetime,
        Duration keysInterval,
        Duration keysStaleLimit,
        Duration outboundTimeout,
        List<String> allowed,
        @Nullable String trusted,
        Duration handlerMaxLifetime,
        int handlerConcurrency) {
    /** Bytes of an answer. */
    static final int MAX_ANSWER = 128 * 1_024;

    /** Signatures that wait for a worker. */
    static final int MAX_WAITING = 1_000;

    public TokensConfig {
        allowed = List.copyOf(allowed);
    }

    public static TokensConfig from(Settings s) {
        return new TokensConfig(
                s.integer("TOKENS_CACHE_SIZE", 50_000, 16, 10_000_000, "Verified tokens that a node remembers"),
                s.duration(
                        "TOKENS_MAX_LIFETIME",
                        Duration.ofHours(24),
                        Duration.ofMinutes(1),
                        Duration.ofDays(90),
                        "Tokens that end later than this are refused; revocations are kept as long"),
                s.duration(
                        "TOKENS_REFUSED_LIFETIME",
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "How long a credential is refused without asking the customer's endpoint again"),
                s.duration(
                        "TOKENS_POLL_INTERVAL",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "How often a node looks for revocations and issuers that it was not told of"),
                s.duration(
                        "TOKENS_KEYS_LIFETIME",
                        Duration.ofMinutes(10),
                        Duration.ofMillis(100),
                        Duration.ofDays(1),
                        "After which the published keys of an issuer are fetched again"),
                s.duration(
                        "TOKENS_KEYS_INTERVAL",
                        Duration.ofSeconds(10),
                        Duration.ofMillis(10),
                        Duration.ofHours(1),
                        "Between two fetches of the keys of one issuer, at least; also when tokens name unknown keys"),
                s.duration(
                        "TOKENS_KEYS_STALE_LIMIT",
                        Duration.ofHours(24),
                        Duration.ofSeconds(1),
                        Duration.ofDays(30),
                        "How long published keys hold while their issuer cannot be reached"),
                s.duration(
                        "TOKENS_OUTBOUND_TIMEOUT",
                        Duration.ofSeconds(3),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(30),
                        "For a question to an issuer or to a customer's endpoint"),
                networks(s),
                s.optional(
                        "TOKENS_OUTBOUND_CA", "A PEM file of certificate authorities to trust instead of Java's own"),
                s.duration(
                        "TOKENS_HANDLER_MAX_LIFETIME",
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(1),
                        Duration.ofHours(24),
                        "How long the answer of a customer's endpoint is believed at most"),
                s.integer(
                        "TOKENS_HANDLER_CONCURRENCY",
                        64,
                        1,
                        10_000,
                        "Questions to one endpoint of a customer at the same time, of each node"));
    }

    private static List<String> networks(Settings s) {
        String name = "TOKENS_OUTBOUND_ALLOWED_NETWORKS";
        List<String> networks = s.list(
                name,
                List.of(),
                "Networks, such as 10.1.0.0/16, that customers' URLs may point into; public addresses always may");
        try {
            Networks.allowing(networks);
            return networks;
        } catch (IllegalArgumentException e) {
            s.fault(name, "is wrong: " + e.getMessage());
            return List.of();
        }
    }
}
