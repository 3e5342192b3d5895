package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.FaultProxy;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseOutageTest {
    private static final Map<String, String> BRIEF = Map.of(
            "KEY_CACHE_LIFETIME", "200ms",
            "KEY_POLL_INTERVAL", "100ms",
            "KEY_MISSING_LIFETIME", "100ms",
            "DATABASE_QUERY_TIMEOUT", "1500ms",
            "DATABASE_POOL_SIZE", "2",
            "DATABASE_IDLE_TIMEOUT", "1s");

    @Test
    void whilePostgresIsGoneKnownKeysWorkAndUnknownOnesAreTold() {
        PostgresFixture postgres = PostgresFixture.own();
        try (AuthWorld world = new AuthWorld(postgres.createDatabase().url(), BRIEF)) {
            String known = world.issue().key().reveal();
            String expiring =
                    world.issue(world.clock.instant().plusSeconds(60)).key().reveal();
            String unknown = world.issue().key().reveal();
            CachingAuthenticator node = world.node(world.home());
            await(node.start());
            await(node.authenticate(known));
            String ticket = await(node.issueTicket(await(node.authenticate(expiring))));

            Eventually.await("the keys are on disk", () -> isWritten(world));
            postgres.server().kill();

            assertFails(node.authenticate(unknown), "DATABASE_UNAVAILABLE");
            assertFails(node.redeem(ticket), "DATABASE_UNAVAILABLE");
            works(node, known, Duration.ofSeconds(1)); // five lifetimes
            assertFails(node.authenticate(AuthWorld.forge(known)), "INVALID_API_KEY");
            await(node.authenticate(expiring));
            world.clock.advance(Duration.ofSeconds(60));
            assertFails(node.authenticate(expiring), "INVALID_API_KEY");
            assertFails(node.authenticate(unknown), "DATABASE_UNAVAILABLE");

            postgres.server().restart();

            Eventually.await("the unknown key works", () -> succeeds(node.authenticate(unknown)));
            await(node.authenticate(known));
        }
    }

    @Test
    void aRevocationDuringTheOutageOfOneNodeIsSeenWhenItIsOver() {
        try (FaultProxy proxy = FaultProxy.to(PostgresFixture.shared().port());
                AuthWorld world = behind(proxy, BRIEF)) {
            IssuedKey key = world.issue();
            CachingAuthenticator node = world.node(world.vertx());
            await(node.start());
            await(node.authenticate(key.key().reveal()));

            proxy.cut();
            works(node, key.key().reveal(), Duration.ofMillis(500));
            proxy.restore();
            await(world.keys.revoke(ACME, key.info().id()));

            Eventually.await(
                    "the key is refused",
                    () -> !succeeds(node.authenticate(key.key().reveal())));
        }
    }

    @Test
    void whilePostgresIsSilentKnownKeysDoNotWaitAndUnknownOnesAreToldWithinTwoSeconds() {
        try (FaultProxy proxy = FaultProxy.to(PostgresFixture.shared().port());
                AuthWorld world = behind(proxy, BRIEF)) {
            String known = world.issue().key().reveal();
            String unknown = world.issue().key().reveal();
            CachingAuthenticator node = world.node(world.home());
            await(node.start());
            await(node.authenticate(known));

            proxy.goSilent();

            long start = System.nanoTime();
            assertFails(node.authenticate(unknown), "DATABASE_UNAVAILABLE");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            for (int i = 0; i < 100; i++) {
                assertThat(node.authenticate(known).succeeded()).isTrue();
            }

            proxy.restore();
            Eventually.await("the unknown key works", () -> succeeds(node.authenticate(unknown)));
        }
    }

    @Test
    void knownKeysDoNotWorkForever() {
        Map<String, String> settings = new HashMap<>(BRIEF);
        settings.put("KEY_STALE_LIMIT", "600ms");
        try (FaultProxy proxy = FaultProxy.to(PostgresFixture.shared().port());
                AuthWorld world = behind(proxy, settings)) {
            String known = world.issue().key().reveal();
            CachingAuthenticator node = world.node(world.home());
            await(node.start());
            await(node.authenticate(known));

            proxy.cut();

            Eventually.await("the key is believed no more", () -> !succeeds(node.authenticate(known)));
            assertFails(node.authenticate(known), "DATABASE_UNAVAILABLE");
        }
    }

    @Test
    void aNodeStartsWithoutADatabaseAndFindsItLater() {
        try (FaultProxy proxy = FaultProxy.to(PostgresFixture.shared().port());
                AuthWorld world = behind(proxy, BRIEF)) {
            IssuedKey key = world.issue();
            proxy.cut();
            CachingAuthenticator node = world.node(world.vertx());

            await(node.start());
            assertFails(node.authenticate(key.key().reveal()), "DATABASE_UNAVAILABLE");
            proxy.restore();

            Eventually.await(
                    "the key works", () -> succeeds(node.authenticate(key.key().reveal())));
        }
    }

    /** The server of a test does not wait for its log before it says that something is committed. */
    private static boolean isWritten(AuthWorld world) {
        return await(world.database.query("SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()"))
                .iterator()
                .next()
                .getBoolean(0);
    }

    private static void works(CachingAuthenticator node, String key, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            await(node.authenticate(key));
        }
    }

    private static AuthWorld behind(FaultProxy proxy, Map<String, String> settings) {
        TestDatabase database = PostgresFixture.shared().createDatabase();
        int port = PostgresFixture.shared().port();
        return new AuthWorld(database.url().replace(":" + port + "/", ":" + proxy.port() + "/"), settings);
    }

    private static boolean succeeds(Future<?> future) {
        return await(future.map(true).otherwise(false));
    }
}
