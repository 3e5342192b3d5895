package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.GoodClaims.now;
import static dev.sandpiper.tokens.TokenWorld.SECRET;
import static dev.sandpiper.tokens.TokenWorld.assertFails;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.runtime.auth.Authenticator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Everything that a token can be wrong by, and what attackers try: one answer to all of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadTokensTest {
    private static final Signer SECRET_SIGNER = Signer.hs256(SECRET);
    private static final KeyPair PAIR = Signer.pair("RSA", 2_048);
    private static final Signer PUBLISHED = Signer.rs256("key-1", PAIR);
    private static final Signer STRANGER = Signer.rs256("key-1", Signer.pair("RSA", 2_048));

    private final TokenWorld world = new TokenWorld(Map.of());
    private final KeyServer keys = new KeyServer();
    private final KeyServer trap = new KeyServer();

    @SuppressWarnings("NullAway.Init")
    private Issuer secret;

    @SuppressWarnings("NullAway.Init")
    private Issuer jwks;

    @SuppressWarnings("NullAway.Init")
    private Authenticator node;

    @BeforeAll
    void start() {
        keys.answer(Signer.keySet(PUBLISHED));
        trap.answer(Signer.keySet(STRANGER));
        secret = world.secret("https://secret.example");
        jwks = world.jwks("https://jwks.example", keys.url());
        node = world.node().authenticator();
        // What is wrong with the others is nothing but what is said about them.
        await(node.authenticate(SECRET_SIGNER.token(claims())));
        await(node.authenticate(PUBLISHED.token(GoodClaims.claims(jwks))));
    }

    @AfterAll
    void stop() {
        assertThat(trap.requests())
                .as("requests to addresses that tokens named")
                .isZero();
        keys.close();
        trap.close();
        world.close();
    }

    private JsonObject claims() {
        return GoodClaims.claims(secret);
    }

    private JsonObject header(String algorithm) {
        return new JsonObject().put("alg", algorithm).put("kid", "key-1");
    }

    private String withClaims(JsonObject claims) {
        return SECRET_SIGNER.token(claims);
    }

    private String withClaims(String json) {
        return SECRET_SIGNER.token("{\"alg\":\"HS256\"}", json);
    }

    private String withHeader(JsonObject header) {
        return SECRET_SIGNER.token(header, claims());
    }

    private String unsigned(JsonObject header, Issuer issuer) {
        return Signer.base64(header.encode()) + "."
                + Signer.base64(GoodClaims.claims(issuer).encode()) + ".";
    }

    private Map<String, String> attacks() {
        JsonObject ofJwks = GoodClaims.claims(jwks);
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(PAIR.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("alg none", unsigned(header("none"), jwks));
        bad.put("alg None", unsigned(header("None"), secret));
        bad.put("alg none with the signature of another", PUBLISHED.token(header("none"), ofJwks));
        bad.put("no signature", unsigned(header("RS256"), jwks));
        bad.put("no algorithm", PUBLISHED.token(new JsonObject().put("kid", "key-1"), ofJwks));
        bad.put("an algorithm that is no string", PUBLISHED.token("{\"alg\":256}", ofJwks.encode()));
        bad.put("RS to HS with the public key in PEM", Signer.hs256(pem).token(header("HS256"), ofJwks));
        bad.put(
                "RS to HS with the public key in DER",
                Signer.hs256(PAIR.getPublic().getEncoded()).token(header("HS256"), ofJwks));
        bad.put(
                "RS to HS with the published key",
                Signer.hs256(PUBLISHED.jwk().encode()).token(header("HS256"), ofJwks));
        bad.put(
                "RS to HS with the modulus",
                Signer.hs256(PUBLISHED.jwk().getString("n")).token(header("HS256"), ofJwks));
        bad.put("HS to RS", PUBLISHED.token(header("RS256"), claims()));
        bad.put("a stronger sibling of the algorithm", SECRET_SIGNER.token(header("HS512"), claims()));
        bad.put("PS256 with the key of RS256", PUBLISHED.token(header("PS256"), ofJwks));
        bad.put("an algorithm in lower case", SECRET_SIGNER.token(header("hs256"), claims()));
        bad.put("another secret", Signer.hs256(SECRET + "!").token(claims()));
        bad.put("an empty secret", new Signer.Signed("HS256", new JsonObject(), text -> new byte[32]).token(claims()));
        bad.put("the key of a stranger under the right id", STRANGER.token(ofJwks));
        bad.put("an unknown kid", PUBLISHED.token(header("RS256").put("kid", "key-2"), ofJwks));
        bad.put("a kid that is a path", PUBLISHED.token(header("RS256").put("kid", "../../../dev/null"), ofJwks));
        bad.put("a kid that is SQL", PUBLISHED.token(header("RS256").put("kid", "x' UNION SELECT 'a"), ofJwks));
        bad.put("a kid that is a command", PUBLISHED.token(header("RS256").put("kid", "|sleep 5"), ofJwks));
        bad.put("a kid that is long", PUBLISHED.token(header("RS256").put("kid", "k".repeat(500)), ofJwks));
        bad.put("a kid that is no string", PUBLISHED.token("{\"alg\":\"RS256\",\"kid\":7}", ofJwks.encode()));
        bad.put("jku", STRANGER.token(header("RS256").put("jku", trap.url().toString()), ofJwks));
        bad.put("x5u", STRANGER.token(header("RS256").put("x5u", trap.url().toString()), ofJwks));
        bad.put("jwk", STRANGER.token(header("RS256").put("jwk", STRANGER.jwk()), ofJwks));
        bad.put("crit", withHeader(header("HS256").put("crit", new JsonArray().add("exp"))));
        bad.put("b64", withHeader(header("HS256").put("b64", false)));
        bad.put("zip", withHeader(header("HS256").put("zip", "DEF")));
        bad.put("cty of a nested token", withHeader(header("HS256").put("cty", "JWT")));
        bad.put("a token about a logout", withHeader(header("HS256").put("typ", "logout+jwt")));
        bad.put("an algorithm twice", SECRET_SIGNER.token("{\"alg\":\"none\",\"alg\":\"HS256\"}", claims().encode()));
        bad.put("a claim twice", withClaims(claims().encode().replace("{", "{\"sub\":\"root\",")));
        bad.put("a claim twice, once escaped", withClaims(claims().encode().replace("{", "{\"s\\u0075b\":\"root\",")));
        bad.put("exp as a string", withClaims(claims().put("exp", Long.toString(now() + 60))));
        bad.put("no exp", withClaims(without("exp")));
        bad.put("exp null", withClaims(claims().putNull("exp")));
        bad.put("exp negative", withClaims(claims().put("exp", -1)));
        bad.put("exp beyond all numbers", withClaims(claims().encode().replaceAll("\"exp\":\\d+", "\"exp\":1e999")));
        bad.put("exp in milliseconds", withClaims(claims().put("exp", (now() + 60) * 1_000)));
        bad.put("exp in a year", withClaims(claims().put("exp", now() + 366 * 86_400)));
        bad.put("expired by the leeway and a second", withClaims(claims().put("exp", now() - 31)));
        bad.put("nbf in the future", withClaims(claims().put("nbf", now() + 45)));
        bad.put("iat in the future", withClaims(claims().put("iat", now() + 45)));
        bad.put("nbf as a string", withClaims(claims().put("nbf", "0")));
        bad.put("no issuer", withClaims(without("iss")));
        bad.put("another issuer", withClaims(claims().put("iss", "https://jwks.example")));
        bad.put("an unknown issuer", withClaims(claims().put("iss", "https://secret.example/")));
        bad.put("an issuer in upper case", withClaims(claims().put("iss", "HTTPS://SECRET.EXAMPLE")));
        bad.put("no audience", withClaims(without("aud")));
        bad.put("another audience", withClaims(claims().put("aud", "somebody")));
        bad.put(
                "the audience of another project",
                withClaims(claims().put("aud", "sandpiper:" + world.tenant + "/app")));
        bad.put("the audience of another tenant", withClaims(claims().put("aud", "sandpiper:umbrella/web")));
        bad.put("an audience that is no place", withClaims(claims().put("aud", "sandpiper:a/b/c")));
        bad.put("an audience that is an object", withClaims(claims().put("aud", new JsonObject())));
        bad.put("audiences that are numbers", withClaims(claims().put("aud", new JsonArray().add(1))));
        bad.put(
                "the audiences of two projects",
                withClaims(claims().put(
                                "aud",
                                new JsonArray()
                                        .add(world.audience())
                                        .add("sandpiper:" + world.tenant.value() + "/app"))));
        bad.put("no subject", withClaims(without("sub")));
        bad.put("an empty subject", withClaims(claims().put("sub", "")));
        bad.put("a subject with a control character", withClaims(claims().put("sub", "a\nb")));
        bad.put("a subject that is a number", withClaims(claims().put("sub", 7)));
        bad.put("a long subject", withClaims(claims().put("sub", "s".repeat(129))));
        bad.put("channels that are a list", withClaims(claims().put("channels", new JsonArray().add("*"))));
        bad.put("a bad pattern", withClaims(claims().put("channels", new JsonObject().put("a*b", new JsonArray()))));
        bad.put(
                "an unknown capability",
                withClaims(claims().put("channels", new JsonObject().put("a", new JsonArray().add("all")))));
        bad.put("too many channels", withClaims(claims().put("channels", manyChannels())));
        bad.put(
                "a channel and channels",
                withClaims(claims().put("channel", "a").put("channels", new JsonObject())));
        bad.put("a channel with a star", withClaims(claims().put("channel", "a*")));
        bad.put("claims that are a list", withClaims("[]"));
        bad.put("claims that are no JSON", withClaims("alice"));
        bad.put("claims that are deep", withClaims("{\"x\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}"));
        bad.put("claims and more", withClaims(claims().encode() + "{}"));
        bad.put("a huge token", withClaims(claims().put("x", "x".repeat(10_000))));
        bad.put("padding", SECRET_SIGNER.token(claims()) + "=");
        bad.put("a space", SECRET_SIGNER.token(claims()) + " ");
        bad.put("stray bits in the signature", strayBits(SECRET_SIGNER.token(claims())));
        bad.put("four parts", SECRET_SIGNER.token(claims()) + ".x");
        bad.put("five parts, encrypted", "e30.e30.e30.e30.e30");
        bad.put("dots", "a.b.c");
        bad.put("invalid UTF-8", notUtf8());
        bad.put("an issuer's id that is none", "nobody~" + SECRET_SIGNER.token(claims()));
        bad.put("another issuer's id", jwks.id() + "~" + SECRET_SIGNER.token(claims()));
        bad.put("an id and nothing", secret.id() + "~");
        return bad;
    }

    private String notUtf8() {
        byte[] claims = claims().put("x", "\u00ff").encode().getBytes(StandardCharsets.ISO_8859_1);
        String text = Signer.base64("{\"alg\":\"HS256\"}") + "." + Signer.base64(claims);
        return text + "." + Signer.base64(SECRET_SIGNER.sign(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private JsonObject without(String claim) {
        JsonObject claims = claims();
        claims.remove(claim);
        return claims;
    }

    private static JsonObject manyChannels() {
        var channels = new JsonObject();
        for (int i = 0; i <= 100; i++) {
            channels.put("c" + i, new JsonArray().add("subscribe"));
        }
        return channels;
    }

    /** The last character of a signature of 32 bytes carries four bits that mean something, and two that must be zero. */
    private static String strayBits(String token) {
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = token.charAt(token.length() - 1);
        return token.substring(0, token.length() - 1) + digits.charAt(digits.indexOf(last) + 1);
    }

    @TestFactory
    Stream<DynamicTest> areAllRefusedAlike() {
        return attacks().entrySet().stream()
                .map(bad -> dynamicTest(
                        bad.getKey(), () -> assertFails(node.authenticate(bad.getValue()), "INVALID_TOKEN")));
    }

    @TestFactory
    Stream<DynamicTest> whileThoseOnTheRightSideOfTheLineAreNot() {
        Map<String, JsonObject> good = new LinkedHashMap<>();
        good.put("expired within the leeway", claims().put("exp", now() - 25));
        good.put(
                "not yet valid within the leeway",
                claims().put("nbf", now() + 25).put("iat", now() + 25));
        good.put(
                "an audience among others",
                claims().put("aud", new JsonArray().add("x").add(world.audience())));
        good.put("a fraction of a second", claims().put("exp", now() + 60.5));
        good.put("claims of others", claims().put("https://example.com/roles", new JsonArray().add("admin")));
        good.put("no iat", without("iat"));
        return good.entrySet().stream()
                .map(entry -> dynamicTest(
                        entry.getKey(), () -> await(node.authenticate(SECRET_SIGNER.token(entry.getValue())))));
    }

    @Test
    void aKidIsNothingToASecret() {
        await(node.authenticate(withHeader(header("HS256").put("typ", "at+JWT"))));
    }
}
