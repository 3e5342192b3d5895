package dev.sandpiper.consumers;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;

/**
 * Bounds of durable consumers.
 *
 * @param perProject consumers that a project may have
 * @param history how long it is remembered what was decided about an event
 */
public record ConsumersConfig(int perProject, Duration history) {
    public static ConsumersConfig from(Settings s) {
        return new ConsumersConfig(
                s.integer("CONSUMERS_PER_PROJECT", 100, 1, 10_000, "Durable consumers that a project may have"),
                s.duration(
                        "CONSUMERS_HISTORY",
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(1),
                        Duration.ofDays(7),
                        "How long a consumer's acknowledgements are remembered: a crashed NATS server that forgot one may"
                                + " deliver the event again, and within this time nobody sees it"));
    }
}
