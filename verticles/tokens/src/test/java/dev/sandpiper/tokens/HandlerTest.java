package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.TokenWorld.SECRET;
import static dev.sandpiper.tokens.TokenWorld.assertFails;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints of customers that are asked about credentials of their own. */
class HandlerTest {
    private final TokenWorld world =
            new TokenWorld(Map.of("TOKENS_OUTBOUND_TIMEOUT", "500ms", "TOKENS_HANDLER_MAX_LIFETIME", "2s"));
    private final KeyServer endpoint = new KeyServer();
    private final Issuer issuer = world.handler("sessions", endpoint.url());
    private final Authenticator node = world.node().authenticator();

    @AfterEach
    void close() {
        endpoint.close();
        world.close();
    }

    private String credential(String text) {
        return issuer.id() + "~" + text;
    }

    private void allow(JsonObject answer) {
        endpoint.answer(answer.encode());
    }

    @Test
    void anEndpointSaysWhoItIsAndWhatTheyMayDo() {
        allow(new JsonObject()
                .put("sub", "alice")
                .put("scopes", new JsonArray().add("events:subscribe").add("admin:write"))
                .put("channels", new JsonObject().put("news", new JsonArray().add("subscribe"))));
        Principal alice = await(node.authenticate(credential("session-1")));
        assertThat(alice.sender()).isEqualTo("alice");
        assertThat(alice.project()).isEqualTo(world.project);
        assertThat(alice.scopes()).containsExactly(Scope.EVENTS_SUBSCRIBE);
        assertThat(alice.channels().allows(Capability.SUBSCRIBE, new Topic("news")))
                .isTrue();
        assertThat(alice.channels().allows(Capability.SUBSCRIBE, new Topic("chat:1")))
                .isFalse();
    }

    private record Question(HttpServerRequest request, byte[] body) {}

    @Test
    void theQuestionIsSignedWithTheSecretThatBothKnow() throws Exception {
        BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
        endpoint.behave(request -> request.body().onSuccess(body -> {
            questions.add(new Question(request, body.getBytes()));
            request.response().end("{\"sub\":\"alice\"}");
        }));
        await(node.authenticate(credential("a \"quoted\" ~ credential")));
        Question question = questions.poll(10, TimeUnit.SECONDS);
        assertThat(question).isNotNull();
        JsonObject asked = new JsonObject(new String(question.body, StandardCharsets.UTF_8));
        assertThat(asked.getString("credential")).isEqualTo("a \"quoted\" ~ credential");
        assertThat(asked.getString("tenant")).isEqualTo(world.tenant.value());
        assertThat(asked.getString("project")).isEqualTo("web");
        String time = question.request.getHeader("Sandpiper-Timestamp");
        assertThat(Long.parseLong(time)).isBetween(GoodClaims.now() - 30, GoodClaims.now() + 1);
        assertThat(question.request.getHeader("Sandpiper-Signature"))
                .isEqualTo("v1=" + signature(time + ".", question.body));
    }

    private static String signature(String start, byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update(start.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }

    @Test
    void anAnswerIsBelievedForAWhileAndThenAskedForAgain() {
        allow(new JsonObject().put("sub", "alice").put("expires_in", 3_600));
        await(node.authenticate(credential("s")));
        await(node.authenticate(credential("s")));
        assertThat(endpoint.requests()).isEqualTo(1);
        Eventually.await("the limit of two seconds is over", () -> {
            await(node.authenticate(credential("s")));
            return endpoint.requests() == 2;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void whomTheEndpointDoesNotKnowIsRefusedWithoutAskingAgainAtOnce(int status) {
        endpoint.behave(request -> request.response().setStatusCode(status).end());
        for (int i = 0; i < 10; i++) {
            assertFails(node.authenticate(credential("stranger")), "INVALID_TOKEN");
        }
        assertThat(endpoint.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "{\"sub\":7}", "{\"sub\":\"a\",\"sub\":\"b\"}", "{\"sub\":\"a\",\"channels\":[]}"
            })
    void anAnswerThatSaysNothingLetsNobodyIn(String answer) {
        endpoint.answer(answer);
        assertFails(node.authenticate(credential("s")), "ISSUER_UNAVAILABLE");
    }

    @Test
    void anEndpointThatFailsAgainAndAgainIsLeftAlone() {
        endpoint.behave(request -> request.response().setStatusCode(500).end());
        for (int i = 0; i < 50; i++) {
            assertFails(node.authenticate(credential("s" + i)), "ISSUER_UNAVAILABLE");
        }
        assertThat(endpoint.requests()).isBetween(5, 7);
    }

    @Test
    void anEndpointThatHangsCostsNoMoreThanTheLimit() {
        endpoint.behave(request -> {});
        assertFails(node.authenticate(credential("s")), "ISSUER_UNAVAILABLE");
    }

    @Test
    void aTokenDoesNotReachAnEndpoint() {
        allow(new JsonObject().put("sub", "root"));
        String token = Signer.hs256(SECRET).token(GoodClaims.claims(issuer).put("iss", "sessions"));
        assertFails(node.authenticate(token), "INVALID_TOKEN");
        assertThat(endpoint.requests()).isZero();
    }

    @Test
    void anAddressThatIsNotPublicIsNotAsked() {
        try (var strict = new TokenWorld(Map.of("TOKENS_OUTBOUND_ALLOWED_NETWORKS", "192.168.77.0/24"))) {
            Issuer inside = strict.handler("inside", endpoint.url());
            assertFails(strict.node().authenticator().authenticate(inside.id() + "~s"), "ISSUER_UNAVAILABLE");
            assertThat(endpoint.requests()).isZero();
        }
    }
}
