package dev.sandpiper.runtime.auth;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.testkit.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A tenant {@code acme} with projects {@code web} and {@code app} in a real database, and nodes that authenticate there. */
final class AuthWorld implements AutoCloseable {
    static final TenantId ACME = new TenantId("acme");
    static final ProjectId WEB = new ProjectId("web");
    static final ProjectId APP = new ProjectId("app");
    static final Set<Scope> PUBLISH = Set.of(Scope.EVENTS_PUBLISH);
    private static final Secret SECRET = new Secret("a secret of the whole installation");

    final MovableClock clock = new MovableClock();
    final Database database;
    final ApiKeys keys;
    private final String url;
    private final Map<String, String> settings;
    private final List<Vertx> instances = new ArrayList<>();
    private final Map<CachingAuthenticator, MeterRegistry> nodes = new LinkedHashMap<>();
    private final Vertx vertx;

    /** @param more settings without their prefix */
    AuthWorld(String url, Map<String, String> more) {
        this(url, more, Vertx.vertx());
        instances.add(vertx);
    }

    /** @param vertx where the keys are administered; stays open */
    AuthWorld(String url, Map<String, String> more, Vertx vertx) {
        this.url = url;
        this.settings = more;
        this.vertx = vertx;
        this.database = database(vertx, new SimpleMeterRegistry());
        this.keys = new ApiKeys(vertx, database, config(), SECRET, AuditTrail.NONE, clock);
        await(keys.createTenant(ACME, "Acme", "free"));
        await(keys.createProject(ACME, WEB, "Web"));
        await(keys.createProject(ACME, APP, "App"));
    }

    /** Does what a node may not. */
    void asOwner(String... statements) {
        TestDatabase.asOwner(url, statements);
    }

    Vertx vertx() {
        Vertx fresh = Vertx.vertx();
        instances.add(fresh);
        return fresh;
    }

    /** Where the keys are administered. */
    Vertx home() {
        return vertx;
    }

    /** A node that hears what is announced on this bus. */
    CachingAuthenticator node(Vertx on) {
        return node(on, SECRET);
    }

    CachingAuthenticator node(Vertx on, Secret secret) {
        return node(on, secret, config());
    }

    /** A node with other settings than the world has. */
    CachingAuthenticator node(Vertx on, Map<String, String> other) {
        Settings read = read(other);
        AuthConfig config = AuthConfig.from(read);
        read.check();
        return node(on, SECRET, config);
    }

    private CachingAuthenticator node(Vertx on, Secret secret, AuthConfig config) {
        var registry = new SimpleMeterRegistry();
        var node = new CachingAuthenticator(on, database(on, registry), config, secret, registry, clock);
        nodes.put(node, registry);
        return node;
    }

    /** Ends a node as its shutdown does. */
    void stop(CachingAuthenticator node) {
        nodes.remove(node);
        await(node.close());
    }

    /** What this node has asked PostgreSQL so far, answered or not. */
    long queries(CachingAuthenticator node) {
        return Objects.requireNonNull(nodes.get(node)).find("sandpiper.postgres.query").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** As the holder of this key. */
    Author author(IssuedKey key) {
        KeyInfo info = key.info();
        var who = new Principal(info.tenant(), info.project(), info.id(), info.scopes());
        return new Author(who, AuditOrigin.system("test"));
    }

    IssuedKey issue(KeyGrant grant) {
        return await(keys.create(new NewKey(ACME, WEB, "a key", grant)));
    }

    IssuedKey issue() {
        return issue((Instant) null);
    }

    IssuedKey issue(@Nullable Instant expiresAt) {
        return await(keys.create(new NewKey(ACME, WEB, "a key", PUBLISH, expiresAt)));
    }

    /** A key with that id, a right checksum and another secret. */
    static String forge(String credential) {
        int secret = credential.length() - 6 - 43;
        char other = credential.charAt(secret) == 'A' ? 'B' : 'A';
        String signed =
                credential.substring(0, secret) + other + credential.substring(secret + 1, credential.length() - 6);
        var crc = new CRC32();
        crc.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + Base62.encode(crc.getValue(), 6);
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
        nodes.keySet().forEach(node -> await(node.close()));
        instances.forEach(instance -> await(instance.close()));
    }

    private AuthConfig config() {
        Settings read = read();
        AuthConfig config = AuthConfig.from(read);
        read.check();
        return config;
    }

    private Database database(Vertx on, MeterRegistry registry) {
        Settings read = read();
        PostgresConfig config = PostgresConfig.from(read);
        read.check();
        return Database.open(on, config, registry);
    }

    private Settings read() {
        return read(settings);
    }

    private Settings read(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("DATABASE_URL", url, "DATABASE_QUERY_TIMEOUT", "10s"));
        all.putAll(more);
        return new Settings(name -> all.get(name.substring(Settings.PREFIX.length())));
    }
}
