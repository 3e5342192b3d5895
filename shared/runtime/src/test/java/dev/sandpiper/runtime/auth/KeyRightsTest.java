package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.WEB;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyRightsTest {
    private static final Set<Scope> EVENTS = EnumSet.of(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);
    private static final Set<Scope> ADMIN =
            EnumSet.of(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE, Scope.ADMIN_READ, Scope.ADMIN_WRITE);

    private final AuthWorld world =
            new AuthWorld(PostgresFixture.shared().createDatabase().url(), Map.of("KEY_POLL_INTERVAL", "50ms"));

    private record From(String address, @Nullable String origin) implements Caller {}

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aKeyIsGoodForItsTopicsOnly() {
        CachingAuthenticator node = world.node(world.home());
        IssuedKey key = world.issue(
                new KeyGrant(EVENTS, patterns("orders*"), patterns("orders*", "news"), null, null, null, null));

        Principal who = await(node.authenticate(key.key().reveal()));

        assertThat(who.channels().allows(Capability.PUBLISH, new Topic("orders:1")))
                .isTrue();
        assertThat(who.channels().allows(Capability.PUBLISH, new Topic("news"))).isFalse();
        assertThat(who.channels().allows(Capability.SUBSCRIBE, new Topic("news")))
                .isTrue();
        assertThat(who.channels().allows(Capability.HISTORY, new Topic("news"))).isTrue();
        assertThat(who.channels().allows(Capability.HISTORY, new Topic("secrets")))
                .isFalse();
        String ticket = await(node.issueTicket(who));
        assertThat(await(node.redeem(ticket)).channels()).isEqualTo(who.channels());
    }

    @Test
    void aKeyIsGoodFromItsAddressesAndOriginsOnly() {
        CachingAuthenticator node = world.node(world.home());
        String inside = world.issue(new KeyGrant(EVENTS, null, null, null, List.of("10.0.0.0/8", "::1"), null, null))
                .key()
                .reveal();
        String page = world.issue(new KeyGrant(EVENTS, null, null, null, null, List.of("https://shop.example"), null))
                .key()
                .reveal();

        await(node.authenticate(inside, new From("10.1.2.3", null)));
        await(node.authenticate(inside, new From("::1", "https://other.example")));
        assertFails(node.authenticate(inside, new From("11.1.2.3", null)), "ADDRESS_NOT_ALLOWED");
        assertFails(node.authenticate(inside), "ADDRESS_NOT_ALLOWED");
        await(node.authenticate(page, new From("11.1.2.3", "https://shop.example")));
        assertFails(node.authenticate(page, new From("11.1.2.3", "https://evil.example")), "ORIGIN_NOT_ALLOWED");
        assertFails(node.authenticate(page, new From("11.1.2.3", null)), "ORIGIN_NOT_ALLOWED");
        // Whoever does not have the key does not learn where it would be good.
        assertFails(node.authenticate(AuthWorld.forge(inside), new From("11.1.2.3", null)), "INVALID_API_KEY");
        String ticket = await(node.issueTicket(await(node.authenticate(inside, new From("10.1.2.3", null)))));
        assertFails(node.redeem(ticket, new From("11.1.2.3", null)), "ADDRESS_NOT_ALLOWED");
    }

    @Test
    void noKeyMakesAStrongerOne() {
        Instant end = world.clock.instant().plus(Duration.ofDays(1));
        var own = new KeyGrant(
                ADMIN, patterns("a*"), patterns("b*"), 10, List.of("10.0.0.0/8"), List.of("https://a.example"), end);
        Author author = world.author(world.issue(own));

        await(create(own, author));
        await(create(
                new KeyGrant(
                        EVENTS,
                        patterns("a:1", "ab*"),
                        List.of(),
                        5,
                        List.of("10.1.0.0/16", "10.2.3.4"),
                        List.of("https://a.example"),
                        end.minusSeconds(1)),
                author));
        Map<String, UnaryOperator<KeyGrant>> stronger = Map.of(
                "publish",
                        g -> new KeyGrant(EVENTS, patterns("*"), patterns("b*"), 10, g.addresses(), g.origins(), end),
                "subscribe", g -> new KeyGrant(EVENTS, patterns("a*"), null, 10, g.addresses(), g.origins(), end),
                "rate", g -> new KeyGrant(EVENTS, g.publish(), g.subscribe(), 11, g.addresses(), g.origins(), end),
                "addresses",
                        g -> new KeyGrant(
                                EVENTS, g.publish(), g.subscribe(), 1, List.of("10.0.0.0/7"), g.origins(), end),
                "origins", g -> new KeyGrant(EVENTS, g.publish(), g.subscribe(), 1, g.addresses(), null, end),
                "end", g -> g.until(end.plusSeconds(1)),
                "no end", g -> g.until(null));
        stronger.forEach((what, change) -> {
            assertFails(create(change.apply(own), author), "EXCEEDS_OWN_RIGHTS");
            KeyId weaker = await(create(own, author)).info().id();
            assertFails(world.keys.change(ACME, weaker, new KeyPatch(null, change), author), "EXCEEDS_OWN_RIGHTS");
        });
        assertFails(create(KeyGrant.of(EnumSet.of(Scope.BILLING_READ)), author), "INSUFFICIENT_SCOPE");
        assertFails(
                world.keys.rotate(
                        ACME,
                        world.issue(KeyGrant.of(EVENTS)).info().id(),
                        new KeyRotation(Duration.ZERO, null),
                        author),
                "EXCEEDS_OWN_RIGHTS");
    }

    @Test
    void aKeyThatEndedMeanwhileChangesNothing() {
        IssuedKey admin = world.issue(KeyGrant.of(ADMIN));
        Author author = world.author(admin);
        await(world.keys.revoke(ACME, admin.info().id()));

        assertFails(create(KeyGrant.of(EVENTS), author), "INVALID_API_KEY");
    }

    @Test
    void afterRotationBothKeysWorkUntilTheGraceIsOver() {
        CachingAuthenticator node = world.node(world.home());
        await(node.start());
        IssuedKey old = world.issue(KeyGrant.of(EVENTS));
        assertThat(await(node.authenticate(old.key().reveal())).retiresAt()).isNull();
        Instant end = world.clock.instant().plus(Duration.ofHours(1));

        IssuedKey successor = await(
                world.keys.rotate(ACME, old.info().id(), new KeyRotation(Duration.ofHours(1), null), Author.SETUP));

        Eventually.await(
                "the old key is known to retire",
                () -> end.equals(await(node.authenticate(old.key().reveal())).retiresAt()));
        assertThat(await(node.authenticate(successor.key().reveal())).retiresAt())
                .isNull();
        assertThat(successor.info().grant()).isEqualTo(old.info().grant());
        assertFails(
                world.keys.rotate(ACME, old.info().id(), new KeyRotation(Duration.ZERO, null), Author.SETUP),
                "KEY_ENDED");
        var told = new ConcurrentLinkedQueue<KeyId>();
        node.onRevoked(told::add);

        world.clock.advance(Duration.ofHours(1));

        assertFails(node.authenticate(old.key().reveal()), "INVALID_API_KEY");
        await(node.authenticate(successor.key().reveal()));
        Eventually.await(
                "whoever is connected with it is cut off",
                () -> told.contains(old.info().id()));
    }

    @Test
    void whatIsTakenFromAKeyItsConnectionsLose() {
        CachingAuthenticator node = world.node(world.vertx());
        await(node.start());
        var told = new ConcurrentLinkedQueue<KeyId>();
        node.onRevoked(told::add);
        IssuedKey key = world.issue(KeyGrant.of(EVENTS));
        await(node.authenticate(key.key().reveal()));

        await(world.keys.change(
                ACME,
                key.info().id(),
                new KeyPatch(
                        "renamed",
                        grant -> new KeyGrant(EVENTS, grant.publish(), patterns("news"), null, null, null, null)),
                Author.SETUP));

        Eventually.await("the node was told", () -> told.contains(key.info().id()));
        assertThat(await(node.authenticate(key.key().reveal()))
                        .channels()
                        .allows(Capability.SUBSCRIBE, new Topic("secrets")))
                .isFalse();
        int before = told.size();
        await(world.keys.change(ACME, key.info().id(), new KeyPatch(null, grant -> KeyGrant.of(EVENTS)), Author.SETUP));
        Eventually.await(
                "it may do more again",
                () -> await(node.authenticate(key.key().reveal()))
                        .channels()
                        .allows(Capability.SUBSCRIBE, new Topic("secrets")));
        assertThat(told).hasSize(before);
    }

    @Test
    void keysGoOverToANewPepperAsTheyAreUsed() {
        IssuedKey key = world.issue(KeyGrant.of(EVENTS));
        String installation = "a secret of the whole installation";
        Map<String, String> both = Map.of("KEY_PEPPERS", "another pepper of the keys, " + installation);
        Map<String, String> fresh = Map.of("KEY_PEPPERS", "another pepper of the keys");
        assertFails(world.node(world.vertx(), fresh).authenticate(key.key().reveal()), "INVALID_API_KEY");

        CachingAuthenticator node = world.node(world.vertx(), both);
        await(node.authenticate(key.key().reveal()));

        Eventually.await(
                "the former pepper is not needed any more",
                () -> world.node(world.vertx(), fresh)
                        .authenticate(key.key().reveal())
                        .transform(done -> Future.succeededFuture(done.succeeded()))
                        .await());
    }

    @Test
    void fromWhereAKeyWasUsedIsWrittenDownInTheEnd() {
        CachingAuthenticator node = world.node(world.home());
        IssuedKey key = world.issue(KeyGrant.of(EVENTS));
        await(node.authenticate(key.key().reveal(), new From("192.0.2.7", null)));

        world.stop(node);

        assertThat(await(world.keys.find(ACME, key.info().id())).orElseThrow().lastUse())
                .isEqualTo(new KeyUse(world.clock.instant(), "192.0.2.7"));
    }

    @Test
    void noChangeIsMadeWithoutItsEntryInTheTrail() {
        List<AuditEntry> entries = new ArrayList<>();
        AuditTrail recording = (transaction, entry) -> {
            entries.add(entry);
            return Future.succeededFuture();
        };
        AuditTrail broken = (transaction, entry) -> Future.failedFuture(new IllegalStateException("no trail"));
        var config = AuthConfig.from(new Settings(name -> null));
        var secret = new Secret("a secret of the whole installation");
        var keys = new ApiKeys(world.home(), world.database, config, secret, recording, world.clock);
        var untold = new ApiKeys(world.home(), world.database, config, secret, broken, world.clock);
        var wanted = new NewKey(ACME, WEB, "told", KeyGrant.of(EVENTS));

        KeyId id = await(keys.create(wanted)).info().id();
        await(keys.change(ACME, id, new KeyPatch("renamed", grant -> grant), Author.SETUP));
        KeyId next = await(keys.rotate(ACME, id, new KeyRotation(Duration.ofDays(1), null), Author.SETUP))
                .info()
                .id();
        await(keys.revoke(ACME, next));
        assertThat(entries)
                .extracting(AuditEntry::action)
                .containsExactly("key.created", "key.changed", "key.rotated", "key.revoked");
        assertThat(entries.toString()).doesNotContain("sp_live_");

        assertThat(untold.create(wanted)
                        .transform(Future::succeededFuture)
                        .await()
                        .failed())
                .isTrue();
        assertThat(untold.revoke(ACME, id)
                        .transform(Future::succeededFuture)
                        .await()
                        .failed())
                .isTrue();
        assertThat(await(world.keys.list(ACME, WEB, 10, null)).items()).hasSize(2);
        assertThat(await(world.keys.find(ACME, id)).orElseThrow().revokedAt()).isNull();
    }

    private Future<IssuedKey> create(KeyGrant grant, Author author) {
        return world.keys.create(new NewKey(ACME, WEB, "made", grant), author);
    }

    private static List<TopicPattern> patterns(String... texts) {
        return Stream.of(texts).map(TopicPattern::new).toList();
    }
}
