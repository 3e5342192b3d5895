package dev.sandpiper.tokens;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** What good tokens claim. */
final class GoodClaims {
    private GoodClaims() {}

    static long now() {
        return Instant.now().getEpochSecond();
    }

    /** Valid for a minute. */
    static JsonObject claims(Issuer issuer) {
        return new JsonObject()
                .put("iss", issuer.name())
                .put("aud", issuer.audience())
                .put("sub", "alice")
                .put("iat", now())
                .put("exp", now() + 60);
    }
}
