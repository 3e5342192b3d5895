package dev.sandpiper.http.admin;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.http.HttpConfig;
import dev.sandpiper.http.HttpGate;
import dev.sandpiper.http.HttpVerticle;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.audit.Refusals;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.auth.CachingAuthenticator;
import dev.sandpiper.runtime.auth.NewKey;
import dev.sandpiper.runtime.auth.Projects;
import dev.sandpiper.runtime.auth.Tenants;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.testkit.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A listener with real keys: tenants {@code acme} and {@code rival}, each with projects {@code web} and {@code app}. */
final class AdminServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpGate gate = new HttpGate();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ApiKeys keys;
    private final CachingAuthenticator authenticator;

    AdminServer() {
        Map<String, String> values = Map.of(
                "SANDPIPER_DATABASE_URL",
                PostgresFixture.shared().createDatabase().url(),
                "SANDPIPER_DATABASE_QUERY_TIMEOUT",
                "10s",
                "SANDPIPER_HTTP_PORT",
                "0");
        var settings = new Settings(values::get);
        var registry = new SimpleMeterRegistry();
        var secret = new Secret("a secret of the whole installation");
        Database database = Database.open(vertx, PostgresConfig.from(settings), registry);
        AuthConfig auth = AuthConfig.from(settings);
        HttpConfig http = HttpConfig.from(settings);
        settings.check();
        keys = new ApiKeys(vertx, database, auth, secret);
        authenticator = new CachingAuthenticator(vertx, database, auth, secret, registry);
        await(authenticator.start());
        await(vertx.deployVerticle(new HttpVerticle(
                http,
                gate,
                List.of(
                        new KeyRoutes(keys),
                        new TenantRoutes(new Tenants(database, AuditTrail.NONE, Clock.systemUTC())),
                        new ProjectRoutes(new Projects(database, AuditTrail.NONE, Clock.systemUTC()))),
                authenticator,
                Refusals.IGNORED,
                registry)));
        for (String tenant : List.of("acme", "rival")) {
            await(keys.createTenant(new TenantId(tenant), tenant, "free"));
            for (String project : List.of("web", "app")) {
                await(keys.createProject(new TenantId(tenant), new ProjectId(project), project));
            }
        }
    }

    /** A key for the project {@code web} of the tenant. */
    String key(String tenant, Scope... scopes) {
        return await(keys.create(new NewKey(
                        new TenantId(tenant), new ProjectId("web"), "made by the test", Set.of(scopes), null)))
                .key()
                .reveal();
    }

    HttpResponse<String> get(String path, String key) {
        return send(request(path, key).GET());
    }

    HttpResponse<String> delete(String path, String key) {
        return send(request(path, key).DELETE());
    }

    HttpResponse<String> patch(String path, String key, String body) {
        return send(request(path, key)
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(String path, String key, String body) {
        return send(request(path, key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gate.port() + path))
                .header("Authorization", "Bearer " + key);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static JsonObject json(HttpResponse<String> response) {
        return new JsonObject(response.body());
    }

    @Override
    public void close() {
        client.close();
        await(authenticator.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 10 s", e);
        }
    }
}
