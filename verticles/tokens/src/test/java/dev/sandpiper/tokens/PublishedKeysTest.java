package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.TokenWorld.assertFails;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.SelfSigned;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Issuers whose server rotates its keys, hangs, answers nonsense, or means harm. */
class PublishedKeysTest {
    private static final Signer OLD = Signer.es256("old");
    private static final Signer NEW = Signer.es256("new");

    private final List<AutoCloseable> open = new ArrayList<>();
    private final KeyServer server = open(new KeyServer());

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : open.reversed()) {
            thing.close();
        }
    }

    private <T extends AutoCloseable> T open(T thing) {
        open.add(thing);
        return thing;
    }

    private TokenWorld world(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("TOKENS_OUTBOUND_TIMEOUT", "1s"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return open(new TokenWorld(all));
    }

    private static String token(Signer signer, Issuer issuer, String id) {
        return signer.token(GoodClaims.claims(issuer).put("jti", id));
    }

    private static boolean works(Authenticator node, String token) {
        return node.authenticate(token)
                .transform(done -> Future.succeededFuture(done.succeeded()))
                .await();
    }

    @Test
    void aKeyThatIsNewIsFetchedWhenATokenNamesIt() {
        TokenWorld world = world();
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        server.answer(Signer.keySet(OLD));
        await(node.authenticate(token(OLD, issuer, "1")));
        server.answer(Signer.keySet(OLD, NEW));
        Eventually.await("the new key is known", () -> works(node, token(NEW, issuer, "2")));
        server.answer(Signer.keySet(NEW));
        await(node.authenticate(token(OLD, issuer, "3")));
    }

    @Test
    void manyTokensThatComeTogetherMakeOneFetch() {
        TokenWorld world = world("TOKENS_KEYS_INTERVAL", "1m", "TOKENS_OUTBOUND_TIMEOUT", "10s");
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        var waiting = new ConcurrentLinkedQueue<HttpServerRequest>();
        server.behave(waiting::add);
        List<Future<?>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(node.authenticate(token(OLD, issuer, "t" + i)));
        }
        Eventually.await(() -> !waiting.isEmpty());
        assertThat(answers).noneMatch(Future::isComplete);
        waiting.remove().response().end(Signer.keySet(OLD));
        answers.forEach(TokenWorld::await);
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void madeUpKeyIdsDoNotMakeItAskAgainAndAgain() {
        TokenWorld world = world("TOKENS_KEYS_INTERVAL", "1m");
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        server.answer(Signer.keySet(OLD));
        await(node.authenticate(token(OLD, issuer, "1")));
        for (int i = 0; i < 100; i++) {
            assertFails(node.authenticate(token(Signer.hs256("x"), issuer, "x" + i)), "INVALID_TOKEN");
            var header = new JsonObject().put("alg", "ES256").put("kid", "made-up-" + i);
            assertFails(node.authenticate(OLD.token(header, GoodClaims.claims(issuer))), "INVALID_TOKEN");
        }
        assertThat(server.requests()).isEqualTo(1);
    }

    @Test
    void keysThatAreOldHoldWhileTheirServerIsAway() {
        TokenWorld world = world("TOKENS_KEYS_LIFETIME", "100ms");
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        server.answer(Signer.keySet(OLD));
        await(node.authenticate(token(OLD, issuer, "1")));
        server.behave(request -> request.response().setStatusCode(500).end());
        int before = server.requests();
        Eventually.await("it asks in the background", () -> {
            await(node.authenticate(token(OLD, issuer, "again-" + System.nanoTime())));
            return server.requests() >= before + 2;
        });
        assertFails(node.authenticate(token(NEW, issuer, "2")), "ISSUER_UNAVAILABLE");
    }

    @Test
    void keysThatAreTooOldDoNot() {
        TokenWorld world = world("TOKENS_KEYS_STALE_LIMIT", "1s");
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        server.answer(Signer.keySet(OLD));
        await(node.authenticate(token(OLD, issuer, "1")));
        server.behave(request -> request.response().setStatusCode(500).end());
        Eventually.await("nobody is let in", () -> !works(node, token(OLD, issuer, "t" + System.nanoTime())));
        assertFails(node.authenticate(token(OLD, issuer, "2")), "ISSUER_UNAVAILABLE");
    }

    /** What a server may do wrong; none of it lets anybody in, and none takes for ever. */
    private static final Map<String, Consumer<HttpServerRequest>> FAULTS = Map.of(
            "hang", request -> {},
            "drip",
                    request -> {
                        request.response().setChunked(true).write("{");
                    },
            "break off", request -> request.connection().close(),
            "garbage", request -> request.response().end("<html>"),
            "an empty set", request -> request.response().end("{\"keys\":[]}"),
            "a list", request -> request.response().end("[]"),
            "keys that are none",
                    request -> request.response().end("{\"keys\":[1,{},{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"),
            "a flood", request -> request.response().end("x".repeat(1 << 20)),
            "not found", request -> request.response().setStatusCode(404).end(Signer.keySet(OLD)),
            "deep", request -> request.response().end("[".repeat(50_000)));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hang",
                "drip",
                "break off",
                "garbage",
                "an empty set",
                "a list",
                "keys that are none",
                "a flood",
                "not found",
                "deep"
            })
    void aServerThatMisbehavesLetsNobodyIn(String fault) {
        TokenWorld world = world();
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        server.behave(Objects.requireNonNull(FAULTS.get(fault)));
        assertFails(node.authenticate(token(OLD, issuer, "1")), "ISSUER_UNAVAILABLE");
        server.answer(Signer.keySet(OLD));
        Eventually.await("it recovers", () -> works(node, token(OLD, issuer, "2")));
    }

    @Test
    void aRedirectLeadsNowhere() {
        TokenWorld world = world();
        KeyServer inside = open(new KeyServer());
        inside.answer(Signer.keySet(OLD));
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        server.behave(request -> request.response()
                .setStatusCode(302)
                .putHeader("Location", inside.url().toString())
                .end());
        assertFails(node.authenticate(token(OLD, issuer, "1")), "ISSUER_UNAVAILABLE");
        assertThat(server.requests()).isEqualTo(1);
        assertThat(inside.requests()).isZero();
    }

    @Test
    void anAddressThatIsNotPublicIsNotAsked() {
        TokenWorld world = world("TOKENS_OUTBOUND_ALLOWED_NETWORKS", "192.168.77.0/24");
        server.answer(Signer.keySet(OLD));
        Issuer byAddress = world.jwks("address", server.url());
        Issuer byName = world.jwks(
                "name", server.url().resolve("//localhost:" + server.url().getPort() + "/keys"));
        Authenticator node = world.node().authenticator();
        assertFails(node.authenticate(token(OLD, byAddress, "1")), "ISSUER_UNAVAILABLE");
        assertFails(node.authenticate(token(OLD, byName, "1")), "ISSUER_UNAVAILABLE");
        assertThat(server.requests()).isZero();
    }

    @Test
    void aServerWithACertificateIsBelievedUnderItsNameOnly(@TempDir Path folder) throws Exception {
        SelfSigned.write(folder, "issuer.test");
        String certificate = folder.resolve("cert.pem").toString();
        KeyServer secure = open(new KeyServer(new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(certificate)
                        .addKeyPath(folder.resolve("key.pem").toString()))));
        secure.answer(Signer.keySet(OLD));
        TokenWorld trusting = world("TOKENS_OUTBOUND_CA", certificate);
        Issuer issuer = trusting.jwks("i", secure.url());
        // The certificate is for 127.0.0.1, where this name leads as well.
        Issuer misnamed = trusting.jwks(
                "m", secure.url().resolve("https://localhost:" + secure.url().getPort() + "/"));
        Authenticator node = trusting.node().authenticator();
        await(node.authenticate(token(OLD, issuer, "1")));
        assertFails(node.authenticate(token(OLD, misnamed, "1")), "ISSUER_UNAVAILABLE");
        TokenWorld strict = world();
        Issuer unknown = strict.jwks("i", secure.url());
        assertFails(strict.node().authenticator().authenticate(token(OLD, unknown, "1")), "ISSUER_UNAVAILABLE");
    }

    @Test
    void weakAndForeignKeysOfASetAreNotUsed() {
        TokenWorld world = world();
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        Signer weak = Signer.rs256("weak", Signer.pair("RSA", 1_024));
        Signer encrypting = Signer.es256("encrypting");
        encrypting.jwk().put("use", "enc");
        Signer other = Signer.es256("other");
        other.jwk().put("alg", "ES384");
        server.answer(Signer.keySet(OLD, weak, encrypting, other));
        await(node.authenticate(token(OLD, issuer, "1")));
        for (Signer unusable : List.of(weak, encrypting, other)) {
            String token = token(unusable, issuer, unusable.jwk().getString("kid"));
            assertFails(node.authenticate(token), "INVALID_TOKEN");
        }
    }

    @Test
    void aTokenWithoutAKeyIdNeedsASetOfOneKey() {
        TokenWorld world = world();
        Issuer issuer = world.jwks("i", server.url());
        Authenticator node = world.node().authenticator();
        var header = new JsonObject().put("alg", "ES256");
        server.answer(Signer.keySet(OLD));
        await(node.authenticate(OLD.token(header, GoodClaims.claims(issuer).put("jti", "1"))));
        server.answer(Signer.keySet(OLD, NEW));
        Eventually.await("both are known", () -> works(node, token(NEW, issuer, "2")));
        assertFails(
                node.authenticate(OLD.token(header, GoodClaims.claims(issuer).put("jti", "3"))), "INVALID_TOKEN");
    }
}
