package dev.sandpiper.launcher.dev;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.auth.KeyInfo;
import dev.sandpiper.runtime.auth.NewKey;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.schema.SchemaMigration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A tenant, a project and two keys to begin with, the same in every run on the same data. */
final class Demo {
    private static final String TENANT = "demo";
    private static final String PROJECT = "demo";
    private static final String KEY = "key";
    private static final String OPERATOR_KEY = "operator_key";
    private static final int PATIENCE_SECONDS = 60;

    private final Settings settings;
    private final PostgresConfig postgres;
    private final Secret secret;

    Demo(String databaseUrl, String secret) {
        // The nodes start at the same time, and a small machine has no time left over: be patient.
        Map<String, String> values = Map.of(
                "SANDPIPER_DATABASE_URL", databaseUrl,
                "SANDPIPER_DATABASE_CONNECT_TIMEOUT", "25s",
                "SANDPIPER_DATABASE_QUERY_TIMEOUT", "25s",
                "SANDPIPER_DATABASE_IDLE_TIMEOUT", "60s",
                "SANDPIPER_DATABASE_POOL_SIZE", "1",
                "SANDPIPER_KEY_ENVIRONMENT", "dev");
        this.settings = new Settings(values::get);
        this.postgres = PostgresConfig.from(settings);
        settings.check();
        this.secret = new Secret(secret);
    }

    void migrate() {
        SchemaMigration.migrate(
                postgres.jdbcUrl(), postgres.user(), postgres.password().reveal());
    }

    /** @param state where keys of former runs are, and to which new ones are added */
    DemoKeys prepare(JsonObject state) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        Database database = Database.open(vertx, postgres, new SimpleMeterRegistry());
        ApiKeys keys = new ApiKeys(vertx, database, AuthConfig.from(settings), secret);
        Future<DemoKeys> ready = keys.createTenant(new TenantId(TENANT), "Demo", "free")
                .compose(made -> keys.createProject(new TenantId(TENANT), new ProjectId(PROJECT), "Demo"))
                .compose(made -> keep(keys, state, KEY, "Demo", Set.of(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE)))
                .compose(made -> keep(keys, state, OPERATOR_KEY, "Operator", Set.of(Scope.values())))
                .map(made -> new DemoKeys(TENANT, PROJECT, state.getString(KEY), state.getString(OPERATOR_KEY)));
        try {
            return ready.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw CommandFailure.of("The demo tenant cannot be made: " + (e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } finally {
            database.close().eventually(vertx::close);
        }
    }

    private static Future<Void> keep(ApiKeys keys, JsonObject state, String name, String title, Set<Scope> scopes) {
        return stillWorks(keys, state.getString(name, "")).compose(works -> {
            if (works) {
                return Future.succeededFuture();
            }
            NewKey wanted = new NewKey(new TenantId(TENANT), new ProjectId(PROJECT), title, scopes, null);
            return keys.create(wanted)
                    .onSuccess(issued -> state.put(name, issued.key().reveal()))
                    .mapEmpty();
        });
    }

    /** The database may have been exchanged, or the key revoked. */
    private static Future<Boolean> stillWorks(ApiKeys keys, String key) {
        String[] parts = key.split("_", 4);
        if (parts.length != 4) {
            return Future.succeededFuture(false);
        }
        return keys.find(new TenantId(TENANT), new KeyId(parts[2]))
                .map((Optional<KeyInfo> found) ->
                        found.isPresent() && found.get().revokedAt() == null);
    }
}
