package dev.sandpiper.embed.cells;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Beside a node, its database. */
final class Databases {
    private Databases() {}

    static Database of(TestNode node) {
        return Database.open(
                node.sandpiper().vertx(),
                PostgresConfig.from(new Settings(node.settings()::get)),
                new SimpleMeterRegistry());
    }
}
