package dev.sandpiper.embed;

import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.auth.CachingAuthenticator;
import dev.sandpiper.runtime.auth.Projects;
import dev.sandpiper.runtime.auth.ServedTenants;
import dev.sandpiper.runtime.auth.Suspensions;
import dev.sandpiper.runtime.auth.Tenants;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.tokens.TokenService;
import dev.sandpiper.tokens.postgres.IssuerSecrets;
import dev.sandpiper.tokens.postgres.PostgresTokens;
import io.vertx.core.Future;
import java.time.Clock;

/**
 * Who may do what, as PostgreSQL says.
 *
 * @param authenticator of holders of keys and of users, as far as their tenants are served
 * @param issuers the routes by which issuers of tokens are administered
 */
record CredentialParts(Authenticator authenticator, ApiKeys keys, Tenants tenants, Projects projects, Routes issuers) {
    /**
     * @param users those whom the embedding application checks itself
     * @param trail where administrative changes are written down
     */
    static Future<CredentialParts> start(Start start, LocalUsers users, Suspensions suspensions, AuditTrail trail) {
        Secret secret = start.general().secret();
        var auth = start.config().auth();
        Database database = start.database();
        var authenticator = new CachingAuthenticator(start.vertx(), database, auth, secret, start.registry());
        start.shutdown().add(ShutdownStage.DISCONNECT, "credentials", authenticator::close);
        var keys = new ApiKeys(start.vertx(), database, auth, secret, trail);
        var tenants = new Tenants(database, trail, Clock.systemUTC());
        var projects = new Projects(database, trail, Clock.systemUTC());
        var tokens = new TokenService(
                start.vertx(),
                new PostgresTokens(
                        database, trail, new IssuerSecrets(DerivedSecrets.issuerKey(secret)), Clock.systemUTC()),
                authenticator,
                start.config().tokens(),
                auth.staleLimit(),
                start.registry(),
                Clock.systemUTC(),
                users.checks());
        start.shutdown().add(ShutdownStage.DISCONNECT, "tokens", tokens::close);
        start.fence().watch(authenticator.wakefulness());
        start.fence().watch(tokens.wakefulness());
        return Future.join(authenticator.start(), tokens.start())
                .map(started -> new CredentialParts(
                        new ServedTenants(tokens.authenticator(), suspensions),
                        keys,
                        tenants,
                        projects,
                        tokens.routes()));
    }
}
