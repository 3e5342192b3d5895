package dev.sandpiper.embed;

import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.auth.CachingAuthenticator;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;

/** Who may do what, as PostgreSQL says. */
record CredentialParts(Authenticator authenticator, ApiKeys keys) {
    static Future<CredentialParts> start(Start start) {
        Secret secret = start.general().secret();
        var auth = start.config().auth();
        Database database = start.database();
        var authenticator = new CachingAuthenticator(start.vertx(), database, auth, secret, start.registry());
        start.shutdown().add(ShutdownStage.DISCONNECT, "credentials", authenticator::close);
        var keys = new ApiKeys(start.vertx(), database, auth, secret);
        return authenticator.start().map(started -> new CredentialParts(authenticator, keys));
    }
}
