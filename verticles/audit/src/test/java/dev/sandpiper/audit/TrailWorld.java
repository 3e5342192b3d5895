package dev.sandpiper.audit;

import dev.sandpiper.audit.nats.CheckpointStream;
import dev.sandpiper.audit.postgres.PostgresJournal;
import dev.sandpiper.audit.postgres.PostgresTrail;
import dev.sandpiper.audit.postgres.PostgresTrailStore;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditActor;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A trail in a database and a stream of its own, and the owner of the database, who may do with it what he likes. */
final class TrailWorld implements AutoCloseable {
    static final SigningKey KEY = SigningKey.of(new byte[32]);

    final Vertx vertx = Vertx.vertx();
    final Database database;
    final EventStore nats;
    final CheckpointStream stream;
    final PostgresTrailStore store;
    final EntrySigner signer;
    final PostgresTrail trail;
    final Notary notary;
    final AuditMetrics metrics;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AuditConfig config;
    volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final AtomicInteger chains = new AtomicInteger();
    private final Clock time;
    private final TestDatabase where;
    private final Connection owner;

    TrailWorld() {
        this(Duration.ofDays(30));
    }

    TrailWorld(@Nullable Duration retention) {
        where = PostgresFixture.shared().createDatabase();
        Map<String, String> values = new HashMap<>();
        values.put("SANDPIPER_DATABASE_URL", where.url());
        values.put("SANDPIPER_DATABASE_QUERY_TIMEOUT", "20s");
        values.put("SANDPIPER_NATS_URL", NatsFixture.shared().url());
        values.put("SANDPIPER_NATS_NAMESPACE", NatsFixture.shared().namespace());
        var settings = new Settings(values::get);
        database = Database.open(vertx, PostgresConfig.from(settings), registry);
        nats = await(EventStore.open(vertx, NatsConfig.from(settings), registry));
        stream = new CheckpointStream(nats, 1);
        await(stream.ensure());
        store = new PostgresTrailStore(database);
        Clock clock = InstantSource.system().withZone(ZoneId.of("UTC"));
        Clock movable = new Clock() {
            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        signer = new EntrySigner(KEY, movable);
        trail = new PostgresTrail(signer);
        config = new AuditConfig(null, List.of(), Duration.ofSeconds(5), 100, Duration.ofHours(6), retention, 20);
        metrics = new AuditMetrics(registry);
        time = movable;
        notary = notary(Keys.of(KEY, List.of()));
        owner = connect();
        sql("ALTER TABLE audit_entries DISABLE TRIGGER USER");
    }

    Notary notary(Keys keys) {
        return new Notary(store, stream, signer, keys, config, metrics, time);
    }

    /** A chain that no other test knows. */
    String chain() {
        return "tenant-" + chains.incrementAndGet();
    }

    /** Appends entries by {@code key:ops} on targets {@code thing:<n>}. */
    void append(String chain, int count) {
        long from = seq(chain);
        for (long i = from + 1; i <= from + count; i++) {
            append(entry(chain, "thing" + i, new JsonObject().put("size", i)));
        }
    }

    void append(AuditEntry entry) {
        await(new PostgresJournal(database, trail).write(entry));
    }

    static AuditEntry entry(String chain, String target, JsonObject after) {
        var origin = new AuditOrigin(new AuditActor(AuditActor.Kind.KEY, "ops", chain), "req_1", "203.0.113.7");
        return AuditEntry.created(
                origin, AuditTarget.of(new TenantId(chain), new ProjectId("web"), "thing", target), after);
    }

    long seq(String chain) {
        TrailStore.Head head = await(store.head(chain));
        return head == null ? 0 : head.seq();
    }

    List<ChainEntry> entries(String chain) {
        return await(store.read(chain, 0, 10_000));
    }

    /** What an operator's tools do. */
    Verdict verify(String chain) {
        return notary.verify(chain);
    }

    /** As the owner of the database, past every guard. */
    int sql(String statement, @Nullable Object... values) {
        try (var prepared = owner.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setObject(i + 1, values[i]);
            }
            return prepared.executeUpdate();
        } catch (SQLException e) {
            throw new AssertionError(statement, e);
        }
    }

    Connection connect() {
        try {
            return DriverManager.getConnection(where.jdbcUrl(), where.user(), where.password());
        } catch (SQLException e) {
            throw new AssertionError("no connection", e);
        }
    }

    /** Makes every hash anew from an entry on, as somebody does who knows how. */
    void relink(String chain, long from) {
        List<ChainEntry> entries = entries(chain);
        byte[] prev = Chain.genesis(chain);
        long seq = 0;
        for (ChainEntry entry : entries) {
            seq = entry.seq();
            if (seq >= from) {
                prev = Chain.next(chain, seq, prev, entry.envelope());
                sql("UPDATE audit_entries SET hash = ? WHERE tenant = ? AND seq = ?", prev, chain, seq);
            } else {
                prev = entry.hash();
            }
        }
        sql("UPDATE audit_chains SET seq = ?, hash = ? WHERE tenant = ?", seq, prev, chain);
    }

    static <T extends @Nullable Object> T await(Future<T> future) {
        try {
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 30 s", e);
        }
    }

    @Override
    public void close() {
        try {
            owner.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        await(nats.close());
        await(database.close());
        await(vertx.close());
    }
}
