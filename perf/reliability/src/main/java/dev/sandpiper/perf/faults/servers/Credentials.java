package dev.sandpiper.perf.faults.servers;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.auth.NewKey;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The first tenant, project and keys of an installation.
 *
 * @param client may publish and subscribe
 * @param operator may do everything
 */
public record Credentials(TenantId tenant, ProjectId project, String client, String operator) {
    private static final TenantId TENANT = new TenantId("acme");
    private static final ProjectId PROJECT = new ProjectId("prod");

    /** In a database whose schema is there. */
    static Credentials create(String databaseUrl, String secret) {
        Map<String, String> values = Map.of(
                "SANDPIPER_DATABASE_URL", databaseUrl,
                "SANDPIPER_DATABASE_CONNECT_TIMEOUT", "20s",
                "SANDPIPER_DATABASE_QUERY_TIMEOUT", "20s");
        var settings = new Settings(values::get);
        PostgresConfig postgres = PostgresConfig.from(settings);
        AuthConfig auth = AuthConfig.from(settings);
        settings.check();
        Vertx vertx = Vertx.vertx();
        Database database = Database.open(vertx, postgres, new SimpleMeterRegistry());
        var keys = new ApiKeys(vertx, database, auth, new Secret(secret));
        try {
            return keys.createTenant(TENANT, "Acme", "free")
                    .compose(made -> keys.createProject(TENANT, PROJECT, "Production"))
                    .compose(made -> keys.create(new NewKey(
                            TENANT, PROJECT, "client", Set.of(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE), null)))
                    .compose(
                            client -> keys.create(new NewKey(TENANT, PROJECT, "operator", Set.of(Scope.values()), null))
                                    .map(operator -> new Credentials(
                                            TENANT,
                                            PROJECT,
                                            client.key().reveal(),
                                            operator.key().reveal())))
                    .await(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("The first keys cannot be made", e);
        } finally {
            database.close().eventually(vertx::close);
        }
    }
}
