package dev.sandpiper.embed.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL is gone for 20 seconds. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class PostgresAwayTest {
    private static final Duration AWAY = Duration.ofSeconds(20);

    @Test
    void knownKeysKeepWorkingUnknownOnesAreAskedToComeBackAndNothingCrashes() throws Exception {
        PostgresFixture postgres = PostgresFixture.own();
        // A key is looked up anew every second: what is seen here is no cache that has not expired yet.
        var settings = Map.of("DATABASE_URL", postgres.createDatabase().url(), "KEY_CACHE_LIFETIME", "1s");
        try (TestNode node = TestNode.start(settings)) {
            TestProject project = node.createProject();
            String unknown = project.key(Scope.EVENTS_PUBLISH);
            var probe = new Probe(node);
            try (var story = new Story(List.of(node), project, 2)) {
                story.awaitReceipts(100);
                long gone = System.nanoTime();
                // Not killed: a server for tests does not write down at once what it acknowledges, such as our keys.
                postgres.server().stop();

                probe.refuses(() -> probe.publish(unknown));
                probe.awaitReady(false);
                assertThat(probe.readiness().body()).contains("postgresql");
                assertThat(probe.liveness().status()).isEqualTo(200);
                Eventually.await("a while has passed", AWAY, () -> System.nanoTime() - gone > AWAY.toNanos() * 3 / 4);
                story.resubscribe(0);
                probe.refuses(() -> probe.publish(unknown));
                Eventually.await("all of it has passed", AWAY, () -> System.nanoTime() - gone > AWAY.toNanos());
                story.awaitReceipts(100);

                postgres.server().restart();
                probe.recovers(201, () -> probe.publish(unknown));
                probe.awaitReady(true);
                story.awaitReceipts(100);
                story.endsWell();
                assertThat(story.publishers().statuses()).as("of known keys").containsOnlyKeys(201);
            }
        } finally {
            postgres.server().kill();
        }
    }
}
