package dev.sandpiper.tokens;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.auth.Base62;
import dev.sandpiper.runtime.auth.Caller;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.tokens.postgres.IssuerSecrets;
import dev.sandpiper.tokens.postgres.PostgresTokens;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tenants with projects in a real database, their issuers, and nodes that let users in there. */
final class TokenWorld implements AutoCloseable {
    static final AuditOrigin NOBODY = AuditOrigin.system("test");
    static final String SECRET = "a secret of an issuer that only tests";
    static final ChannelAccess CHAT =
            ChannelAccess.of(Map.of(new TopicPattern("chat:*"), Set.of(Capability.SUBSCRIBE, Capability.PUBLISH)));
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final SecureRandom RANDOM = new SecureRandom();

    final TenantId tenant = new TenantId("acme-" + COUNTER.incrementAndGet());
    final ProjectId project = new ProjectId("web");
    final Vertx vertx = Vertx.vertx();
    final PostgresTokens store;
    final Database database;
    private final Map<String, String> settings = new HashMap<>();
    private final List<TokenService> nodes = new ArrayList<>();
    private final List<Vertx> instances = new ArrayList<>(List.of(vertx));

    /** @param more settings without their prefix */
    TokenWorld(Map<String, String> more) {
        settings.put("DATABASE_URL", PostgresFixture.shared().createDatabase().url());
        settings.put("TOKENS_OUTBOUND_ALLOWED_NETWORKS", "127.0.0.0/8");
        settings.put("TOKENS_KEYS_INTERVAL", "50ms");
        settings.putAll(more);
        database = database(vertx);
        store = store(database);
        var keys = new ApiKeys(vertx, database, AuthConfig.from(read()), new Secret("the secret of an installation"));
        await(keys.createTenant(tenant, "Acme", "free"));
        await(keys.createProject(tenant, project, "Web"));
        await(keys.createProject(tenant, new ProjectId("app"), "App"));
    }

    /** A node that hears what is announced by the others of {@code on}. */
    TokenService node(Vertx on) {
        var service = new TokenService(
                on,
                store(on.equals(vertx) ? database : database(on)),
                new NoKeys(),
                config(),
                Duration.ofMinutes(1),
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                Map.of());
        nodes.add(service);
        await(service.start());
        return service;
    }

    TokenService node() {
        return node(vertx);
    }

    /** Hears nothing of the others. */
    Vertx elsewhere() {
        Vertx other = Vertx.vertx();
        instances.add(other);
        return other;
    }

    /** One whose tokens are signed with {@link #SECRET}. */
    Issuer secret(String name) {
        return create(issuer(IssuerType.SECRET, name, null, SECRET, project));
    }

    Issuer jwks(String name, URI url) {
        return create(issuer(IssuerType.JWKS, name, url, null, project));
    }

    Issuer handler(String name, URI url) {
        return create(issuer(IssuerType.HANDLER, name, url, SECRET, project));
    }

    @SuppressWarnings("NullAway") // does not see that an array of a record in another class file may be null
    Issuer issuer(IssuerType type, String name, @Nullable URI url, @Nullable String secret, ProjectId in) {
        return new Issuer(
                new IssuerId(Base62.random(RANDOM, IssuerId.LENGTH)),
                tenant,
                in,
                type,
                name,
                Issuer.audience(tenant, in),
                url,
                secret == null ? null : secret.getBytes(StandardCharsets.UTF_8),
                Duration.ofSeconds(30),
                Issuer.GRANTABLE,
                CHAT,
                Clock.systemUTC().instant());
    }

    /** Before the nodes, or followed by an announcement. */
    Issuer create(Issuer issuer) {
        await(store.create(issuer, NOBODY));
        return issuer;
    }

    String audience() {
        return Issuer.audience(tenant, project);
    }

    TokensConfig config() {
        Settings read = read();
        TokensConfig config = TokensConfig.from(read);
        read.check();
        return config;
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within 10 s", e);
        }
    }

    static void assertFails(Future<?> future, String code) {
        assertThatThrownBy(() -> await(future))
                .isInstanceOf(PlatformException.class)
                .extracting(failure -> ((PlatformException) failure).error().code())
                .isEqualTo(code);
    }

    @Override
    public void close() {
        nodes.forEach(node -> await(node.close()));
        await(database.close());
        instances.forEach(instance -> await(instance.close()));
    }

    private static PostgresTokens store(Database database) {
        byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        return new PostgresTokens(database, AuditTrail.NONE, new IssuerSecrets(key), Clock.systemUTC());
    }

    private Database database(Vertx on) {
        return Database.open(on, PostgresConfig.from(read()), new SimpleMeterRegistry());
    }

    private Settings read() {
        return new Settings(name -> settings.get(name.substring(Settings.PREFIX.length())));
    }

    /** Nobody has a key. */
    private static final class NoKeys implements Authenticator {
        @Override
        public Future<Principal> authenticate(String credential, Caller caller) {
            return Future.failedFuture(new PlatformException(new CredentialError.InvalidApiKey()));
        }

        @Override
        public Future<Principal> redeem(String ticket, Caller caller) {
            return Future.failedFuture(new PlatformException(new CredentialError.InvalidTicket()));
        }

        @Override
        public Future<String> issueTicket(Principal principal) {
            return Future.failedFuture(new PlatformException(new CredentialError.ApiKeyRequired()));
        }

        @Override
        public Duration ticketLifetime() {
            return Duration.ZERO;
        }

        @Override
        public Runnable onRevoked(Consumer<KeyId> onRevoked) {
            return () -> {};
        }
    }
}
