package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "tokens", description = "Signs tokens for trying things out, and revokes tokens.")
public final class TokensCommand {
    private static final String ALGORITHM = "HmacSHA256";

    @Command(
            name = "sign",
            description =
                    "Prints a token for a user, signed with the secret of an issuer; nothing is asked of any server.")
    int sign(
            @Option(names = "--secret-file", paramLabel = "FILE", required = true, description = "With the secret.")
                    Path secret,
            @Option(names = "--issuer", paramLabel = "ISS", required = true, description = "The iss of the issuer.")
                    String issuer,
            @Option(
                            names = "--audience",
                            paramLabel = "AUD",
                            required = true,
                            description = "The audience of the issuer, such as sandpiper:TENANT/PROJECT.")
                    String audience,
            @Option(names = "--sub", paramLabel = "USER", required = true, description = "Whom it is for.") String user,
            @Option(
                            names = "--channels",
                            paramLabel = "JSON",
                            description = "Such as '{\"chat:*\":[\"subscribe\"]}'. Default: what the issuer says.")
                    @Nullable
                    String channels,
            @Option(
                            names = "--expires-in",
                            paramLabel = "SECONDS",
                            defaultValue = "3600",
                            description = "Default: ${DEFAULT-VALUE}.")
                    int seconds) {
        long now = Instant.now().getEpochSecond();
        JsonObject claims = new JsonObject()
                .put("iss", issuer)
                .put("aud", audience)
                .put("sub", user)
                .put("iat", now)
                .put("exp", now + seconds)
                .put("jti", UUID.randomUUID().toString());
        if (channels != null) {
            try {
                claims.put("channels", new JsonObject(channels));
            } catch (DecodeException e) {
                throw CommandFailure.of("--channels is no JSON object");
            }
        }
        Console.OUT.println(signed(claims, IssuersCommand.read(secret)));
        return ExitCode.DONE;
    }

    /** One of them. */
    static final class Target {
        @Option(names = "--id", paramLabel = "JTI", description = "The jti of one token.")
        @Nullable
        String id;

        @Option(names = "--user", paramLabel = "USER", description = "Every token of a user that was issued until now.")
        @Nullable
        String user;
    }

    @Command(name = "revoke", description = "Takes tokens away, everywhere within a second.")
    int revoke(
            @Mixin ServerOptions server,
            @ArgGroup(multiplicity = "1") Target target,
            @Option(names = "--project", paramLabel = "PROJECT", description = "Default: the project of your own key.")
                    @Nullable
                    String project) {
        JsonObject body = target.id == null
                ? new JsonObject().put("user", target.user)
                : new JsonObject().put("token_id", target.id);
        if (project != null) {
            body.put("project", project);
        }
        new Administration(server.server()).print("POST", "/v1/admin/tokens/revoke", body);
        return ExitCode.DONE;
    }

    private static String signed(JsonObject claims, String secret) {
        String text = base64(new JsonObject().put("alg", "HS256").put("typ", "JWT")) + "." + base64(claims);
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return text + "." + base64(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static String base64(JsonObject json) {
        return base64(json.encode().getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
