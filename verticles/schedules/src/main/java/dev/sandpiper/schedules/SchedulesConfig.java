package dev.sandpiper.schedules;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;

/**
 * Bounds of scheduling.
 *
 * @param maxPerProject events of a project that may wait
 * @param maxAhead how far in the future an event may be scheduled
 * @param pollInterval how often the node that publishes looks for what is due
 * @param takeOverInterval how often the others try to become that node
 */
public record SchedulesConfig(int maxPerProject, Duration maxAhead, Duration pollInterval, Duration takeOverInterval) {
    public static SchedulesConfig from(Settings s) {
        return new SchedulesConfig(
                s.integer(
                        "SCHEDULES_MAX_PER_PROJECT",
                        100_000,
                        1,
                        100_000_000,
                        "Scheduled events of a project that may wait at a time"),
                s.duration(
                        "SCHEDULES_MAX_AHEAD",
                        Duration.ofDays(366),
                        Duration.ofMinutes(1),
                        Duration.ofDays(3_660),
                        "How far in the future an event may be scheduled"),
                s.duration(
                        "SCHEDULES_POLL_INTERVAL",
                        Duration.ofMillis(250),
                        Duration.ofMillis(20),
                        Duration.ofMinutes(1),
                        "How often the node that publishes scheduled events looks for those that are due"),
                s.duration(
                        "SCHEDULES_TAKE_OVER_INTERVAL",
                        Duration.ofSeconds(3),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(5),
                        "How often the other nodes try to become the one that publishes scheduled events"));
    }
}
