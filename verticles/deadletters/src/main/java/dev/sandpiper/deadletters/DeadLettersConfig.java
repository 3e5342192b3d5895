package dev.sandpiper.deadletters;

import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.management.TenantCounters;
import java.time.Duration;

/**
 * How dead letters are kept.
 *
 * @param maxAge how long; zero for ever
 * @param maxCount per project, the oldest go first
 * @param takeover after which another node takes up what one began to capture and did not finish
 * @param checkInterval how often letters are counted and those beyond {@code maxCount} removed
 * @param tenantSeries tenants that metrics name
 */
public record DeadLettersConfig(
        Duration maxAge, long maxCount, Duration takeover, Duration checkInterval, int tenantSeries) {
    public static DeadLettersConfig from(Settings s) {
        return new DeadLettersConfig(
                s.duration(
                        "DEAD_LETTERS_MAX_AGE",
                        Duration.ofDays(30),
                        Duration.ZERO,
                        Duration.ofDays(3_650),
                        "How long dead letters are kept, 0 for ever"),
                s.number(
                        "DEAD_LETTERS_MAX_COUNT",
                        100_000,
                        1,
                        10_000_000,
                        "Dead letters kept per project; the oldest go first"),
                s.duration(
                        "DEAD_LETTERS_TAKEOVER",
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(10),
                        "After which another node takes up a dead letter that one began to write and did not finish"),
                s.duration(
                        "DEAD_LETTERS_CHECK_INTERVAL",
                        Duration.ofSeconds(15),
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        "How often dead letters are counted and those beyond the limit removed"),
                TenantCounters.setting(s));
    }
}
