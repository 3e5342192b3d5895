package dev.sandpiper.embed.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A project whose users are let in by an issuer with a secret; signs for them, and asks a node in their name. */
final class Users {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    final TestNode node;
    final TestProject project;
    final JsonObject issuer;
    private final String admin;

    /** Adds an issuer to the project, without leeway. */
    Users(TestNode node, TestProject project) {
        this.node = node;
        this.project = project;
        this.admin = project.key(Scope.ADMIN_WRITE, Scope.ADMIN_READ);
        HttpResponse<String> made = asAdmin(
                "POST",
                "/v1/admin/issuers",
                new JsonObject()
                        .put("type", "secret")
                        .put("issuer", "https://issuer.example")
                        .put("leeway_seconds", 0));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        this.issuer = new JsonObject(made.body());
    }

    /** Capabilities as they are written in a token: {@code subscribe,publish}. */
    static JsonObject channels(String pattern, String capabilities) {
        return new JsonObject().put(pattern, new JsonArray(Arrays.asList(capabilities.split(","))));
    }

    JsonObject claims(String user) {
        long now = Instant.now().getEpochSecond();
        return new JsonObject()
                .put("iss", issuer.getString("issuer"))
                .put("aud", issuer.getString("audience"))
                .put("sub", user)
                .put("jti", "token-" + NUMBERS.incrementAndGet())
                .put("iat", now)
                .put("exp", now + 600)
                .put("channels", channels("*", "subscribe,publish,history"));
    }

    String token(String user, JsonObject channels) {
        return sign(claims(user).put("channels", channels));
    }

    /** Ends so many seconds from the beginning of this one. */
    String token(String user, int seconds) {
        return sign(claims(user).put("exp", Instant.now().getEpochSecond() + seconds));
    }

    String sign(JsonObject claims) {
        String text = base64("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64(claims.encode().getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] secret = issuer.getString("secret").getBytes(StandardCharsets.UTF_8);
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return text + "." + base64(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> asAdmin(String method, String path, JsonObject body) {
        return ask(admin, method, path, body.encode());
    }

    HttpResponse<String> asAdminWithText(String method, String path, String body) {
        return ask(admin, method, path, body);
    }

    /** @param body empty for none */
    HttpResponse<String> ask(String credential, String method, String path, String body) {
        HttpRequest.Builder request = request(credential, path).header("Content-Type", "application/json");
        return send(request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());
    }

    HttpRequest.Builder request(String credential, String path) {
        return HttpRequest.newBuilder(node.http().resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + credential);
    }

    static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The code of an error; the status when it is none. */
    static String outcome(HttpResponse<String> response) {
        return response.statusCode() < 300
                ? Integer.toString(response.statusCode())
                : new JsonObject(response.body()).getJsonObject("error").getString("code");
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
