package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.WEB;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** API keys from their making to their end, in a real PostgreSQL, seen by two nodes of which one made them. */
class KeyLifecycleProperties {
    private static final String SCANNED_FOR = "sp_[a-z][a-z0-9]{0,11}_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}";
    private static final Set<String> SEEN = new HashSet<>();

    private static @Nullable AuthWorld shared;
    private static @Nullable CachingAuthenticator here;
    private static @Nullable CachingAuthenticator there;

    @BeforeContainer
    static void open() {
        var world = new AuthWorld(PostgresFixture.shared().createDatabase().url(), Map.of("KEY_POLL_INTERVAL", "50ms"));
        shared = world;
        here = started(world.node(world.home()));
        there = started(world.node(world.vertx()));
    }

    @AfterContainer
    static void close() {
        world().close();
    }

    // **Feature: realtime-saas-platform, Property 15: API key generation security**
    @Property(tries = 150)
    void everyKeyIsLikeNoOtherAndMayDoWhatWasAskedFor(@ForAll("grants") KeyGrant grant) {
        IssuedKey key = world().issue(grant);
        String text = key.key().reveal();

        assertThat(text).matches(SCANNED_FOR);
        assertThat(SEEN.add(text.substring(text.length() - 49))).isTrue();
        assertThat(await(world().keys.find(ACME, key.info().id())).orElseThrow().grant())
                .isEqualTo(grant);
        String stored = await(world().database
                        .platform()
                        .query("SELECT k::text AS all FROM api_keys k WHERE id = '"
                                + key.info().id() + "'"))
                .iterator()
                .next()
                .getString("all");
        assertThat(stored).doesNotContain(text.substring(text.length() - 49, text.length() - 6));
    }

    // **Feature: realtime-saas-platform, Property 16: API key validation and scope enforcement**
    @Property(tries = 150)
    void aKeyAllowsWhatItWasGivenAndNothingElse(
            @ForAll("grants") KeyGrant grant, @ForAll Scope scope, @ForAll("topics") String name) {
        String text = world().issue(grant).key().reveal();

        Principal who = await(there().authenticate(text));

        assertThat(who.tenant()).isEqualTo(ACME);
        assertThat(who.project()).isEqualTo(WEB);
        assertThat(who.has(scope)).isEqualTo(grant.scopes().contains(scope));
        var topic = new Topic(name);
        assertThat(who.channels().allows(Capability.PUBLISH, topic)).isEqualTo(anyMatches(grant.publish(), topic));
        assertThat(who.channels().allows(Capability.SUBSCRIBE, topic)).isEqualTo(anyMatches(grant.subscribe(), topic));
        assertThat(who.channels().allows(Capability.HISTORY, topic)).isEqualTo(anyMatches(grant.subscribe(), topic));
        assertFails(there().authenticate(AuthWorld.forge(text)), "INVALID_API_KEY");
    }

    // **Feature: realtime-saas-platform, Property 17: API key rotation grace period**
    @Property(tries = 100)
    void aRotatedKeyWorksUntilItsGraceIsOverAndItsSuccessorEverSince(
            @ForAll @IntRange(min = 1, max = 100_000) int grace, @ForAll @IntRange(min = 0, max = 200_000) int later) {
        IssuedKey old = world().issue();
        Instant end = world().clock.instant().plusSeconds(grace);

        IssuedKey successor = await(world().keys
                .rotate(ACME, old.info().id(), new KeyRotation(Duration.ofSeconds(grace), null), Author.SETUP));
        world().clock.advance(Duration.ofSeconds(later));

        if (world().clock.instant().isBefore(end)) {
            assertThat(await(there().authenticate(old.key().reveal())).retiresAt())
                    .isEqualTo(end);
        } else {
            assertFails(there().authenticate(old.key().reveal()), "INVALID_API_KEY");
        }
        assertThat(await(there().authenticate(successor.key().reveal())).retiresAt())
                .isNull();
    }

    // **Feature: realtime-saas-platform, Property 18: API key revocation immediacy**
    @Property(tries = 100)
    void aRevokedKeyOpensNothingAnywhere(@ForAll("grants") KeyGrant grant, @ForAll boolean used) {
        IssuedKey key = world().issue(grant);
        String text = key.key().reveal();
        String ticket = "";
        if (used) {
            await(here().authenticate(text));
            ticket = await(there().issueTicket(await(there().authenticate(text))));
        }

        await(world().keys.revoke(ACME, key.info().id()));

        Eventually.await(
                "both nodes refuse it",
                () -> here().authenticate(text).failed()
                        && there().authenticate(text).failed());
        assertFails(here().authenticate(text), "INVALID_API_KEY");
        assertFails(there().authenticate(text), "INVALID_API_KEY");
        if (used) {
            assertFails(here().redeem(ticket), "INVALID_TICKET");
        }
    }

    private static boolean anyMatches(@Nullable List<TopicPattern> patterns, Topic topic) {
        return patterns == null || patterns.stream().anyMatch(pattern -> pattern.matches(topic));
    }

    @Provide
    Arbitrary<KeyGrant> grants() {
        return Combinators.combine(
                        Arbitraries.of(Scope.class).set().ofMinSize(1),
                        patterns().injectNull(0.3),
                        patterns().injectNull(0.3),
                        Arbitraries.integers().between(1, 1_000_000).injectNull(0.5))
                .as((scopes, publish, subscribe, rate) ->
                        new KeyGrant(scopes, publish, subscribe, rate, null, null, null));
    }

    private static Arbitrary<List<TopicPattern>> patterns() {
        return Combinators.combine(names(), Arbitraries.of("", "*"))
                .as((name, end) -> new TopicPattern(name + end))
                .list()
                .uniqueElements()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> topics() {
        return names();
    }

    /** Few letters, so that topics and patterns meet. */
    private static Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars("ab:")
                .ofMinLength(1)
                .ofMaxLength(4)
                .map(rest -> "a" + rest);
    }

    private static CachingAuthenticator started(CachingAuthenticator node) {
        await(node.start());
        return node;
    }

    private static AuthWorld world() {
        return Objects.requireNonNull(shared);
    }

    private static CachingAuthenticator here() {
        return Objects.requireNonNull(here);
    }

    private static CachingAuthenticator there() {
        return Objects.requireNonNull(there);
    }
}
