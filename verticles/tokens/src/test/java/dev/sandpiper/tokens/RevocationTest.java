package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.GoodClaims.now;
import static dev.sandpiper.tokens.TokenWorld.NOBODY;
import static dev.sandpiper.tokens.TokenWorld.SECRET;
import static dev.sandpiper.tokens.TokenWorld.assertFails;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens that are taken away before their end, on every node, whether it hears of it or not. */
class RevocationTest {
    private static final Signer SIGNER = Signer.hs256(SECRET);

    private final TokenWorld world = new TokenWorld(Map.of("TOKENS_POLL_INTERVAL", "200ms"));
    private final Issuer issuer = world.secret("i");

    @AfterEach
    void close() {
        world.close();
    }

    private String token(String id, String user) {
        return SIGNER.token(GoodClaims.claims(issuer).put("jti", id).put("sub", user));
    }

    private Revocation revocation(Revocation.Kind kind, String value, Instant until) {
        return new Revocation(
                world.tenant, world.project, kind, value, until, Instant.now().plusSeconds(600));
    }

    @Test
    void oneTokenIsTakenAwayAndTheOthersOfItsUserStay() {
        Authenticator node = world.node().authenticator();
        Principal alice = await(node.authenticate(token("bad", "alice")));
        var told = new AtomicInteger();
        node.onTokensRevoked(told::incrementAndGet);
        await(world.store.revoke(revocation(Revocation.Kind.TOKEN, "bad", Instant.now()), NOBODY));
        Eventually.await(
                "it is refused", () -> node.authenticate(token("bad", "alice")).failed());
        assertThat(node.believes(alice)).isFalse();
        assertThat(told).hasPositiveValue();
        assertThat(node.believes(await(node.authenticate(token("good", "alice")))))
                .isTrue();
    }

    @Test
    void everythingOfAUserIsTakenAwayUpToAMoment() {
        Authenticator node = world.node().authenticator();
        String before = token("1", "alice");
        String bob = token("2", "bob");
        await(node.authenticate(before));
        await(world.store.revoke(
                revocation(Revocation.Kind.USER, "alice", Instant.now().minusSeconds(2)), NOBODY));
        String old = SIGNER.token(GoodClaims.claims(issuer).put("iat", now() - 20));
        String timeless = SIGNER.token(withoutTime());
        Eventually.await("old ones are refused", () -> node.authenticate(old).failed());
        assertFails(node.authenticate(timeless), "INVALID_TOKEN");
        await(node.authenticate(before));
        await(node.authenticate(bob));
    }

    private JsonObject withoutTime() {
        var claims = GoodClaims.claims(issuer);
        claims.remove("iat");
        return claims;
    }

    @Test
    void revocationsAddUp() {
        Instant late = Instant.now().minusSeconds(10);
        await(world.store.revoke(revocation(Revocation.Kind.USER, "alice", late), NOBODY));
        Revocation kept =
                await(world.store.revoke(revocation(Revocation.Kind.USER, "alice", late.minusSeconds(100)), NOBODY));
        assertThat(Duration.between(kept.issuedUntil(), late).abs()).isLessThan(Duration.ofMillis(1));
    }

    @Test
    void aNodeThatHearsNothingFindsOutByItself() {
        Authenticator deaf = world.node(world.elsewhere()).authenticator();
        TokenService hearing = world.node();
        String token = token("1", "alice");
        await(deaf.authenticate(token));
        await(new TokenAdmin(world.store, news(hearing), world.config(), Clock.systemUTC())
                .revoke(world.tenant, world.project, Revocation.Kind.TOKEN, "1", null, NOBODY));
        Eventually.await(
                "the word is heard",
                () -> hearing.authenticator().authenticate(token).failed());
        Eventually.await("the other asks", () -> deaf.authenticate(token).failed());
    }

    private static TokenNews news(TokenService service) {
        return service.news();
    }

    @Test
    void aNodeThatStartsLaterKnows() {
        await(world.store.revoke(revocation(Revocation.Kind.TOKEN, "1", Instant.now()), NOBODY));
        Authenticator node = world.node().authenticator();
        assertFails(node.authenticate(token("1", "alice")), "INVALID_TOKEN");
    }

    @Test
    void theUsersOfAnIssuerThatIsNoMoreAreRefusedAndCutOff() {
        Authenticator node = world.node().authenticator();
        Principal alice = await(node.authenticate(token("1", "alice")));
        await(world.store.delete(world.tenant, issuer.id(), NOBODY));
        Eventually.await("they are cut off", () -> !node.believes(alice));
        assertFails(node.authenticate(token("1", "alice")), "INVALID_TOKEN");
        IssuerId id =
                Objects.requireNonNull(Objects.requireNonNull(alice.token()).issuer());
        assertFails(node.authenticate(id + "~" + token("2", "alice")), "INVALID_TOKEN");
    }

    @Test
    void anotherProjectIsNotConcerned() {
        Authenticator node = world.node().authenticator();
        var elsewhere = new Revocation(
                world.tenant,
                new ProjectId("app"),
                Revocation.Kind.TOKEN,
                "1",
                Instant.now(),
                Instant.now().plusSeconds(600));
        await(world.store.revoke(elsewhere, NOBODY));
        await(world.store.revoke(revocation(Revocation.Kind.TOKEN, "2", Instant.now()), NOBODY));
        Eventually.await(
                "the later one is known",
                () -> node.authenticate(token("2", "alice")).failed());
        await(node.authenticate(token("1", "alice")));
    }

    @Test
    void whatIsOverIsForgotten() {
        var over = new Revocation(
                world.tenant,
                world.project,
                Revocation.Kind.TOKEN,
                "1",
                Instant.now(),
                Instant.now().minusSeconds(1));
        await(world.store.revoke(over, NOBODY));
        await(world.store.purge(Instant.now()));
        assertThat(await(world.store.revocationsSince(0, Instant.EPOCH)).changed())
                .isEmpty();
    }
}
