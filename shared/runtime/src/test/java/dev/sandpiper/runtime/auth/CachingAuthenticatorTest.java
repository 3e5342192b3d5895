package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.PUBLISH;
import static dev.sandpiper.runtime.auth.AuthWorld.WEB;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachingAuthenticatorTest {
    private static final String UNKNOWN =
            ApiKey.generate("live", new SecureRandom()).text().reveal();

    private final AuthWorld world = world(Map.of());

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aKeyTellsWhoIsAskingAndWhatTheyMay() {
        IssuedKey issued = world.issue();
        CachingAuthenticator node = world.node(world.home());

        Principal principal = await(node.authenticate(issued.key().reveal()));

        assertThat(principal).isEqualTo(new Principal(ACME, WEB, issued.info().id(), PUBLISH));
        assertThat(principal.has(Scope.EVENTS_SUBSCRIBE)).isFalse();
    }

    @Test
    void aKnownKeyIsAnsweredAtOnceAndWithoutAQuery() {
        String key = world.issue().key().reveal();
        CachingAuthenticator node = world.node(world.home());
        await(node.authenticate(key));
        long queries = world.queries(node);

        for (int i = 0; i < 100; i++) {
            assertThat(node.authenticate(key).isComplete()).isTrue();
        }

        assertThat(world.queries(node)).isEqualTo(queries);
    }

    @Test
    void manyWhoAskForTheSameUnknownKeyCauseOneQuery() throws Exception {
        String key = world.issue().key().reveal();
        CachingAuthenticator node = world.node(world.home());
        List<Future<Principal>> answers = new ArrayList<>();
        var together = new CyclicBarrier(2);
        for (int loop = 0; loop < 2; loop++) {
            Context context = ((VertxInternal) world.home()).createEventLoopContext();
            answers.add(Future.future(done -> context.runOnContext(v -> {
                meet(together);
                List<Future<Principal>> mine = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    mine.add(node.authenticate(key)
                            .onSuccess(who -> assertThat(Vertx.currentContext()).isEqualTo(context)));
                }
                Future.all(mine).map(all -> mine.getFirst().result()).onComplete(done);
            })));
        }

        answers.forEach(answer -> assertThat(await(answer).tenant()).isEqualTo(ACME));
        assertThat(world.queries(node)).isEqualTo(1);
    }

    @Test
    void aKeyThatDoesNotExistIsAskedForOnceInAWhile() {
        CachingAuthenticator node = world.node(world.home());
        assertFails(node.authenticate(UNKNOWN), "INVALID_API_KEY");
        long before = world.queries(node);

        for (int i = 0; i < 50; i++) {
            assertFails(node.authenticate(UNKNOWN), "INVALID_API_KEY");
        }

        assertThat(world.queries(node)).isEqualTo(before);
    }

    @Test
    void aTypoIsRefusedWithoutAQuery() {
        CachingAuthenticator node = world.node(world.home());
        String key = world.issue().key().reveal();
        long before = world.queries(node);

        assertThat(node.authenticate(key.substring(1)).failed()).isTrue();
        assertThat(node.authenticate(key + " ").failed()).isTrue();
        assertThat(node.authenticate("").failed()).isTrue();

        assertThat(world.queries(node)).isEqualTo(before);
    }

    @Test
    void theRightIdWithAnotherSecretIsNoKey() {
        String key = world.issue().key().reveal();
        CachingAuthenticator node = world.node(world.home());

        assertFails(node.authenticate(AuthWorld.forge(key)), "INVALID_API_KEY");
        assertThat(await(node.authenticate(key)).tenant()).isEqualTo(ACME);
        assertFails(node.authenticate(AuthWorld.forge(key)), "INVALID_API_KEY");
    }

    @Test
    void aKeyMadeUnderAnotherSecretOfTheInstallationIsNoKey() {
        String key = world.issue().key().reveal();
        CachingAuthenticator node = world.node(world.home(), new Secret("another installation"));

        assertFails(node.authenticate(key), "INVALID_API_KEY");
    }

    @Test
    void aKeyWorksUntilTheVeryMomentThatItExpires() {
        String key = world.issue(world.clock.instant().plusSeconds(10)).key().reveal();
        CachingAuthenticator node = world.node(world.home());
        world.clock.advance(Duration.ofMillis(9_999));
        await(node.authenticate(key));
        long before = world.queries(node);

        world.clock.advance(Duration.ofMillis(1));

        assertFails(node.authenticate(key), "INVALID_API_KEY");
        assertThat(world.queries(node)).isEqualTo(before);
        assertFails(world.node(world.vertx()).authenticate(key), "INVALID_API_KEY");
    }

    @Test
    void aRevocationIsAnnouncedToEveryNodeOfTheBus() {
        try (AuthWorld slow = world(Map.of("KEY_POLL_INTERVAL", "1m"))) {
            CachingAuthenticator node = slow.node(slow.home());
            await(node.start());
            assertRevocationIsSeen(slow, node);
        }
    }

    @Test
    void aRevocationIsSeenByANodeThatMissedTheWord() {
        try (AuthWorld quick = world(Map.of("KEY_POLL_INTERVAL", "100ms"))) {
            CachingAuthenticator deaf = quick.node(quick.vertx());
            await(deaf.start());
            assertRevocationIsSeen(quick, deaf);
        }
    }

    @Test
    void aNodeThatLoadedTheRevokedKeyBeforeItHeardStillTellsItsListeners() {
        try (AuthWorld quick = world(Map.of("KEY_POLL_INTERVAL", "300ms"))) {
            CachingAuthenticator node = quick.node(quick.vertx());
            IssuedKey issued = quick.issue();
            var told = new ConcurrentLinkedQueue<KeyId>();
            node.onRevoked(told::add);
            await(node.start());

            await(quick.keys.revoke(ACME, issued.info().id()));
            assertFails(node.authenticate(issued.key().reveal()), "INVALID_API_KEY");

            Eventually.await(
                    "the listener is told", () -> told.contains(issued.info().id()));
        }
    }

    @Test
    void aListenerIsToldOnceAndNotAfterItLeft() {
        try (AuthWorld quick = world(Map.of("KEY_POLL_INTERVAL", "50ms"))) {
            CachingAuthenticator node = quick.node(quick.home());
            var told = new ConcurrentLinkedQueue<KeyId>();
            var toldToo = new ConcurrentLinkedQueue<KeyId>();
            node.onRevoked(told::add);
            node.onRevoked(id -> {
                throw new IllegalStateException("a listener with a fault");
            });
            Runnable leave = node.onRevoked(toldToo::add);
            await(node.start());
            KeyId first = quick.issue().info().id();
            KeyId second = quick.issue().info().id();

            await(quick.keys.revoke(ACME, first));
            Eventually.await("the first is told", () -> told.contains(first) && toldToo.contains(first));
            leave.run();
            await(quick.keys.revoke(ACME, second));
            Eventually.await("the second is told", () -> told.contains(second));

            assertThat(told).containsExactly(first, second);
            assertThat(toldToo).containsExactly(first);
        }
    }

    @Test
    void listenersAreToldOfKeysThatExpired() {
        try (AuthWorld quick = world(Map.of("KEY_POLL_INTERVAL", "50ms"))) {
            CachingAuthenticator node = quick.node(quick.vertx());
            var told = new ConcurrentLinkedQueue<KeyId>();
            node.onRevoked(told::add);
            await(node.start());
            KeyId soon =
                    quick.issue(quick.clock.instant().plusSeconds(5)).info().id();
            quick.issue(quick.clock.instant().plusSeconds(500));

            quick.clock.advance(Duration.ofSeconds(5));

            Eventually.await("the listener is told", () -> !told.isEmpty());
            assertThat(told).containsExactly(soon);
        }
    }

    @Test
    void aKeyInUseIsLoadedAgainBeforeItsLifetimeEndsAndNobodyWaits() {
        try (AuthWorld brief = world(Map.of("KEY_CACHE_LIFETIME", "1500ms"))) {
            String key = brief.issue().key().reveal();
            CachingAuthenticator node = brief.node(brief.home());
            await(node.authenticate(key));
            long start = System.nanoTime();

            Eventually.await("two lifetimes pass", () -> {
                assertThat(node.authenticate(key).isComplete()).isTrue();
                return System.nanoTime() - start > Duration.ofMillis(3_100).toNanos();
            });
        }
    }

    @Test
    void whenAKeyWasLastUsedIsWrittenDownAtTheLatestAtTheEnd() {
        KeyInfo unused = world.issue().info();
        IssuedKey used = world.issue();
        CachingAuthenticator node = world.node(world.home());
        await(node.start());
        await(node.authenticate(used.key().reveal()));
        assertFails(node.authenticate(AuthWorld.forge(world.issue().key().reveal())), "INVALID_API_KEY");
        world.clock.advance(Duration.ofSeconds(3));

        world.stop(node);

        assertThat(await(world.keys.find(ACME, used.info().id())).orElseThrow().lastUsedAt())
                .isEqualTo(world.clock.instant());
        assertThat(await(world.keys.list(ACME, WEB, 10, null)).items())
                .filteredOn(key -> key.lastUsedAt() == null)
                .hasSize(2)
                .contains(unused);
    }

    @Test
    void whatWasRestoredFromABackupIsReadAfresh() {
        try (AuthWorld quick = world(Map.of("KEY_POLL_INTERVAL", "50ms"))) {
            IssuedKey issued = quick.issue();
            CachingAuthenticator node = quick.node(quick.vertx());
            var told = new ConcurrentLinkedQueue<KeyId>();
            node.onRevoked(told::add);
            await(node.start());
            await(quick.keys.revoke(ACME, issued.info().id()));
            Eventually.await("the revocation is seen", () -> !told.isEmpty());
            assertFails(node.authenticate(issued.key().reveal()), "INVALID_API_KEY");

            quick.asOwner(
                    "ALTER TABLE api_keys DISABLE TRIGGER api_keys_version",
                    "UPDATE api_keys SET revoked_at = NULL, version = 1",
                    "UPDATE change_versions SET version = 1");

            Eventually.await(
                    "the key works again",
                    () -> succeeds(node.authenticate(issued.key().reveal())));
        }
    }

    private static void assertRevocationIsSeen(AuthWorld world, CachingAuthenticator node) {
        IssuedKey issued = world.issue();
        IssuedKey kept = world.issue();
        var told = new ConcurrentLinkedQueue<KeyId>();
        node.onRevoked(told::add);
        await(node.authenticate(issued.key().reveal()));
        await(node.authenticate(kept.key().reveal()));

        await(world.keys.revoke(ACME, issued.info().id()));

        Eventually.await(
                "the key is refused",
                Duration.ofSeconds(2),
                () -> node.authenticate(issued.key().reveal()).failed());
        Eventually.await(
                "the listener is told", () -> told.contains(issued.info().id()));
        assertThat(node.authenticate(kept.key().reveal()).succeeded()).isTrue();
        assertThat(told).containsOnly(issued.info().id());
    }

    private static boolean succeeds(Future<?> future) {
        return future.map(true).otherwise(false).await();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static AuthWorld world(Map<String, String> settings) {
        return new AuthWorld(PostgresFixture.shared().createDatabase().url(), settings);
    }
}
