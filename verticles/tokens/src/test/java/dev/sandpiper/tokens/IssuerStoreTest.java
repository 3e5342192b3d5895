package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.TokenWorld.NOBODY;
import static dev.sandpiper.tokens.TokenWorld.SECRET;
import static dev.sandpiper.tokens.TokenWorld.assertFails;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Issuers at rest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuerStoreTest {
    private final TokenWorld world = new TokenWorld(Map.of());

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void aStolenDatabaseShowsNoSecret() {
        Issuer issuer = world.secret("stolen");
        byte[] stored = await(world.database
                        .platform()
                        .query(
                                "SELECT * FROM token_issuers WHERE id = $1",
                                Tuple.of(issuer.id().value())))
                .iterator()
                .next()
                .getBuffer("secret")
                .getBytes();
        assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET.substring(0, 8));
        assertThat(await(world.store.find(world.tenant, issuer.id()))
                        .orElseThrow()
                        .secret())
                .isEqualTo(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSecretThatIsCopiedToAnotherIssuerOpensNothing() {
        Issuer rich = world.secret("rich");
        Issuer poor = world.create(
                world.issuer(IssuerType.SECRET, "poor", null, "another secret, just as long as one", world.project));
        await(world.database
                .platform()
                .query(
                        "UPDATE token_issuers SET secret = (SELECT secret FROM token_issuers WHERE id = $1) WHERE id = $2",
                        Tuple.of(rich.id().value(), poor.id().value())));
        var node = world.node().authenticator();
        assertFails(node.authenticate(Signer.hs256(SECRET).token(GoodClaims.claims(poor))), "INVALID_TOKEN");
        await(node.authenticate(Signer.hs256(SECRET).token(GoodClaims.claims(rich))));
        await(world.store.delete(world.tenant, poor.id(), NOBODY));
    }

    @Test
    void aDeletedIssuerLeavesNoSecretAndMakesRoom() {
        Issuer first = world.secret("again");
        assertFails(
                world.store.create(world.issuer(IssuerType.SECRET, "again", null, SECRET, world.project), NOBODY),
                "ISSUER_EXISTS");
        await(world.store.delete(world.tenant, first.id(), NOBODY));
        assertThat(await(world.database
                                .platform()
                                .query(
                                        "SELECT secret FROM token_issuers WHERE id = $1",
                                        Tuple.of(first.id().value())))
                        .iterator()
                        .next()
                        .getBuffer("secret"))
                .isNull();
        world.secret("again");
        assertFails(world.store.delete(world.tenant, first.id(), NOBODY), "RESOURCE_NOT_FOUND");
    }

    @Test
    void aProjectHasTenAtMostHoweverManyComeAtOnce() {
        var app = new ProjectId("app");
        List<Future<Void>> attempts = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            attempts.add(world.store.create(world.issuer(IssuerType.SECRET, "many-" + i, null, SECRET, app), NOBODY));
        }
        long made = attempts.stream()
                .filter(attempt -> await(attempt.transform(done -> Future.succeededFuture(done.succeeded()))))
                .count();
        assertThat(made).isEqualTo(Issuer.MAX_PER_PROJECT);
        assertThat(await(world.store.list(world.tenant, app))).hasSize(Issuer.MAX_PER_PROJECT);
    }

    @Test
    void anotherTenantHasNoneOfIt() {
        Issuer issuer = world.secret("mine");
        var stranger = new TenantId("stranger");
        assertThat(await(world.store.find(stranger, issuer.id()))).isEmpty();
        assertThat(await(world.store.list(stranger, world.project))).isEmpty();
        assertFails(world.store.delete(stranger, issuer.id(), NOBODY), "RESOURCE_NOT_FOUND");
        assertFails(
                world.store.change(stranger, issuer.id(), new TokenStore.Change(null, null, TokenWorld.CHAT), NOBODY),
                "RESOURCE_NOT_FOUND");
    }

    @Test
    void theIssuersOfADeletedProjectEndWithIt() {
        try (var other = new TokenWorld(Map.of())) {
            Issuer issuer = other.secret("orphan");
            await(other.database
                    .forTenant(other.tenant)
                    .query(
                            "UPDATE projects SET deleted_at = now() WHERE tenant = $1 AND id = $2",
                            Tuple.of(other.tenant.value(), other.project.value())));
            assertThat(await(other.store.find(other.tenant, issuer.id()))).isEmpty();
            assertFails(
                    other.node()
                            .authenticator()
                            .authenticate(Signer.hs256(SECRET).token(GoodClaims.claims(issuer))),
                    "INVALID_TOKEN");
            assertFails(
                    other.store.create(other.issuer(IssuerType.SECRET, "late", null, SECRET, other.project), NOBODY),
                    "RESOURCE_NOT_FOUND");
        }
    }

    @Test
    void thereIsNoneWithoutAProject() {
        assertFails(
                world.store.create(
                        world.issuer(IssuerType.SECRET, "x", null, SECRET, new ProjectId("nowhere")), NOBODY),
                "RESOURCE_NOT_FOUND");
    }
}
