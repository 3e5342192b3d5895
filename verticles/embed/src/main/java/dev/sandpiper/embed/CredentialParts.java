package dev.sandpiper.embed;

import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.auth.CachingAuthenticator;
import dev.sandpiper.runtime.auth.Projects;
import dev.sandpiper.runtime.auth.ServedTenants;
import dev.sandpiper.runtime.auth.Suspensions;
import dev.sandpiper.runtime.auth.Tenants;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import java.time.Clock;

/** Who may do what, as PostgreSQL says. */
record CredentialParts(Authenticator authenticator, ApiKeys keys, Tenants tenants, Projects projects) {
    static Future<CredentialParts> start(Start start, Suspensions suspensions, AuditTrail audit) {
        Secret secret = start.general().secret();
        var auth = start.config().auth();
        Database database = start.database();
        var authenticator = new CachingAuthenticator(start.vertx(), database, auth, secret, start.registry());
        start.shutdown().add(ShutdownStage.DISCONNECT, "credentials", authenticator::close);
        var keys = new ApiKeys(start.vertx(), database, auth, secret, audit);
        var tenants = new Tenants(database, audit, Clock.systemUTC());
        var projects = new Projects(database, audit, Clock.systemUTC());
        return authenticator.start().map(started -> new CredentialParts(new ServedTenants(authenticator, suspensions), keys, tenants, projects));
    }
}
