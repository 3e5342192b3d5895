package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.GoodClaims.claims;
import static dev.sandpiper.tokens.TokenWorld.SECRET;
import static dev.sandpiper.tokens.TokenWorld.assertFails;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What good tokens let their bearers do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenVerificationTest {
    private static final Signer SIGNER = Signer.hs256(SECRET);

    private final TokenWorld world = new TokenWorld(Map.of());
    private final KeyServer server = new KeyServer();
    private final Signer[] published = {
        Signer.rs256("r", Signer.pair("RSA", 2_048)), Signer.es256("e"), Signer.ed25519("d")
    };

    @SuppressWarnings("NullAway.Init")
    private Issuer issuer;

    @SuppressWarnings("NullAway.Init")
    private Issuer jwks;

    @SuppressWarnings("NullAway.Init")
    private Authenticator node;

    @BeforeAll
    void start() {
        server.answer(Signer.keySet(published));
        issuer = world.secret("https://issuer.example");
        jwks = world.jwks("https://keys.example", server.url());
        node = world.node().authenticator();
    }

    @AfterAll
    void stop() {
        server.close();
        world.close();
    }

    @Test
    void aTokenWithASecretLetsItsUserIntoItsProject() {
        Principal alice = await(node.authenticate(SIGNER.token(claims(issuer).put("jti", "t-1"))));
        assertThat(alice.tenant()).isEqualTo(world.tenant);
        assertThat(alice.project()).isEqualTo(world.project);
        assertThat(alice.sender()).isEqualTo("alice");
        assertThat(alice.keyId()).isNull();
        assertThat(alice.scopes()).containsExactlyInAnyOrder(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);
        assertThat(alice.channels()).isEqualTo(TokenWorld.CHAT);
        assertThat(Objects.requireNonNull(alice.token()).id()).isEqualTo("t-1");
    }

    @Test
    void everyAlgorithmOfAPublishedKeyIsKnown() {
        for (Signer signer : published) {
            assertThat(await(node.authenticate(signer.token(claims(jwks)))).sender())
                    .as(signer.algorithm())
                    .isEqualTo("alice");
        }
        var newName = new JsonObject().put("alg", "Ed25519").put("kid", "d");
        assertThat(await(node.authenticate(published[2].token(newName, claims(jwks))))
                        .sender())
                .isEqualTo("alice");
    }

    @Test
    void aTokenThatWasVerifiedAnswersAtOnceWithTheSamePrincipal() {
        String token = published[0].token(claims(jwks).put("jti", "cached"));
        Principal first = await(node.authenticate(token));
        assertThat(node.authenticate(token).isComplete()).isTrue();
        assertThat(node.authenticate(token).result()).isSameAs(first);
    }

    @Test
    void aTokenThatWasVerifiedIsNotBelievedAfterItsEnd() {
        long now = GoodClaims.now();
        String token = SIGNER.token(claims(issuer).put("exp", now - 28));
        await(node.authenticate(token));
        Eventually.await("the token ends", () -> node.authenticate(token).failed());
        assertThat(Instant.now()).isAfterOrEqualTo(Instant.ofEpochSecond(now + 2));
    }

    @Test
    void theChannelsOfATokenAreThoseItNames() {
        var channels = new JsonObject()
                .put("news:*", new JsonArray().add("subscribe").add("history"))
                .put("news:today", new JsonArray().add("publish"));
        ChannelAccess access = await(
                        node.authenticate(SIGNER.token(claims(issuer).put("channels", channels))))
                .channels();
        assertThat(access.allows(Capability.SUBSCRIBE, new Topic("news:today"))).isTrue();
        assertThat(access.allows(Capability.PUBLISH, new Topic("news:today"))).isTrue();
        assertThat(access.allows(Capability.PUBLISH, new Topic("news:old"))).isFalse();
        assertThat(access.allows(Capability.SUBSCRIBE, new Topic("chat:1"))).isFalse();
    }

    @Test
    void aTokenForOneChannelIsForThatAlone() {
        ChannelAccess access = await(
                        node.authenticate(SIGNER.token(claims(issuer).put("channel", "vip"))))
                .channels();
        assertThat(access.allows(Capability.SUBSCRIBE, new Topic("vip"))).isTrue();
        assertThat(access.allows(Capability.PUBLISH, new Topic("vip"))).isFalse();
        assertThat(access.allows(Capability.SUBSCRIBE, new Topic("vip2"))).isFalse();
    }

    @Test
    void nobodyGetsMoreScopesThanTheirIssuerWasGiven() {
        var scopes = new JsonArray().add("events:subscribe").add("admin:write").add("platform:operate");
        assertThat(await(node.authenticate(SIGNER.token(claims(issuer).put("scopes", scopes))))
                        .scopes())
                .containsExactly(Scope.EVENTS_SUBSCRIBE);
        assertThat(await(node.authenticate(SIGNER.token(claims(issuer).put("scope", "openid events:publish"))))
                        .scopes())
                .containsExactly(Scope.EVENTS_PUBLISH);
        assertThat(await(node.authenticate(SIGNER.token(claims(issuer).put("scope", "openid"))))
                        .scopes())
                .isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // does not see that an array of a record in another class file may be null
    void anIssuerWithAnAudienceOfItsOwnIsFoundByItsId() {
        Issuer plain = world.issuer(IssuerType.SECRET, "https://own.example", null, SECRET, new ProjectId("app"));
        Issuer own = new Issuer(
                plain.id(),
                plain.tenant(),
                plain.project(),
                plain.type(),
                plain.name(),
                "client-4711",
                null,
                plain.secret(),
                Duration.ZERO,
                plain.scopes(),
                plain.channels(),
                plain.createdAt());
        world.create(own);
        Authenticator later = world.node().authenticator();
        String token = SIGNER.token(claims(own));
        assertThat(await(later.authenticate(own.id() + "~" + token)).project()).isEqualTo(new ProjectId("app"));
        assertFails(later.authenticate(token), "INVALID_TOKEN");
        assertFails(later.authenticate(issuer.id() + "~" + token), "INVALID_TOKEN");
    }

    @Test
    void whatIsNoTokenIsLeftToThoseWhoKnowKeys() {
        assertFails(node.authenticate("sp_live_x"), "INVALID_API_KEY");
        assertFails(node.authenticate("nonsense"), "INVALID_API_KEY");
    }

    @Test
    void aChangedIssuerIsAskedAgain() {
        String token = SIGNER.token(claims(issuer).put("jti", "before the change"));
        await(node.authenticate(token));
        var change = new TokenStore.Change(null, null, ChannelAccess.ALL);
        await(world.store.change(world.tenant, issuer.id(), change, TokenWorld.NOBODY));
        Eventually.await(
                "the channels are those of now",
                () -> await(node.authenticate(token)).channels().isUnlimited());
        await(world.store.change(
                world.tenant, issuer.id(), new TokenStore.Change(null, null, TokenWorld.CHAT), TokenWorld.NOBODY));
        Eventually.await(
                "and those of before",
                () -> !await(node.authenticate(token)).channels().isUnlimited());
    }
}
