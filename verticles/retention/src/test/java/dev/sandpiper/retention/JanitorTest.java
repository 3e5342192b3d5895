package dev.sandpiper.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.retention.postgres.PostgresLimits;
import dev.sandpiper.retention.postgres.PostgresOwnership;
import dev.sandpiper.retention.postgres.PostgresUsage;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two candidates, one janitor. */
class JanitorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TenantId ACME = new TenantId("acme");

    private final RetentionWorld world = new RetentionWorld(Map.of());
    private final Map<String, String> settings = new HashMap<>(Map.of(
            "SANDPIPER_DATABASE_URL",
            PostgresFixture.shared().createDatabase().url(),
            "SANDPIPER_DATABASE_CONNECT_TIMEOUT",
            "20s",
            "SANDPIPER_DATABASE_QUERY_TIMEOUT",
            "20s",
            "SANDPIPER_RETENTION_INTERVAL",
            "100ms"));
    private final Database database =
            Database.open(world.vertx, PostgresConfig.from(new Settings(settings::get)), new SimpleMeterRegistry());
    private final LimitStore limits = new PostgresLimits(database, AuditTrail.NONE, Clock.systemUTC());

    @AfterEach
    void close() {
        RetentionWorld.await(database.close());
        world.close();
    }

    /** One node's. */
    private final class Candidate {
        final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        final Janitor janitor = new Janitor(
                world.vertx,
                RetentionConfig.from(new Settings(settings::get)),
                EventLogs.of(world.log),
                limits,
                new PostgresOwnership(database),
                TopicRules.NONE,
                () -> false,
                metrics);

        Candidate() {
            janitor.start();
        }

        boolean isJanitor() {
            return metrics.get("sandpiper.retention.janitor").gauge().value() == 1;
        }
    }

    private void publishMoreThanAllowed() {
        for (int i = 0; i < 10; i++) {
            world.publish(world.subject("acme", "web", "a"));
        }
        Eventually.await(
                "the excess is gone", PATIENCE, () -> world.log.report().events() == 4);
    }

    @Test
    void whenTheJanitorGoesAnotherTakesOver() {
        RetentionWorld.await(
                database.platform().query("INSERT INTO tenants (id, name, created_at) VALUES ('acme', 'Acme', now())"));
        RetentionWorld.await(limits.put(ACME, null, new Limits(null, 4, 0), AuditOrigin.system("test")));
        var first = new Candidate();
        Eventually.await("there is a janitor", PATIENCE, first::isJanitor);
        var second = new Candidate();
        publishMoreThanAllowed();
        assertThat(second.isJanitor()).isFalse();
        var counted = RetentionWorld.await(new PostgresUsage(database).of(ACME));
        assertThat(counted.total().events()).isPositive();

        RetentionWorld.await(first.janitor.close());
        Eventually.await("the other takes over", PATIENCE, second::isJanitor);
        publishMoreThanAllowed();

        // PostgreSQL ends the connection that holds the lock, as it does when the node dies.
        var third = new Candidate();
        TestDatabase.asOwner(
                Objects.requireNonNull(settings.get("SANDPIPER_DATABASE_URL")),
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        publishMoreThanAllowed();
        Eventually.await("there is one janitor again", PATIENCE, () -> second.isJanitor() != third.isJanitor());
        RetentionWorld.await(second.janitor.close());
        Eventually.await("the third takes over", PATIENCE, third::isJanitor);
        RetentionWorld.await(third.janitor.close());
    }

    @Test
    void aHoldThatIsPlacedWhileTheJanitorDecidesIsHeeded() {
        RetentionWorld.await(
                database.platform().query("INSERT INTO tenants (id, name, created_at) VALUES ('acme', 'Acme', now())"));
        var ownership = new PostgresOwnership(database);
        assertThat(RetentionWorld.await(ownership.acquire())).isTrue();
        Policies before = RetentionWorld.await(limits.load(Map.of()));
        assertThat(RetentionWorld.await(ownership.prove())).isEqualTo(before.version());
        RetentionWorld.await(
                limits.place(ACME, null, new TopicPattern("*"), "a court says so", AuditOrigin.system("test")));
        assertThat(RetentionWorld.await(ownership.prove())).isGreaterThan(before.version());
        RetentionWorld.await(ownership.release());
    }
}
