package dev.sandpiper.topics;

import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.topics.schema.SchemaLimits;
import java.time.Duration;

/**
 * What rules of topics may be, and how fast they are followed.
 *
 * @param maxRules of one project
 * @param pollInterval between questions for changes that the cluster did not announce
 */
public record TopicsConfig(int maxRules, SchemaLimits schemas, Duration pollInterval) {
    public static TopicsConfig from(Settings settings) {
        return new TopicsConfig(
                settings.integer("TOPICS_MAX_RULES", 200, 1, 10_000, "Topic rules of one project, at most"),
                new SchemaLimits(
                        settings.integer(
                                "TOPICS_MAX_SCHEMA", 65_536, 256, 1_048_576, "Bytes of a topic's schema, at most"),
                        settings.integer(
                                "TOPICS_MAX_CHECKS",
                                50_000,
                                1_000,
                                10_000_000,
                                "Schemas that are applied to the values of one payload before it is refused as too costly"
                                        + " to check")),
                settings.duration(
                        "TOPICS_POLL_INTERVAL",
                        Duration.ofMillis(500),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "How often a node looks for changed topic rules that it was not told of"));
    }
}
