package dev.sandpiper.consumers.postgres;

import dev.sandpiper.consumers.Consumer;
import dev.sandpiper.consumers.ConsumerPage;
import dev.sandpiper.consumers.ConsumerRegistry;
import dev.sandpiper.consumers.ConsumerSpec;
import dev.sandpiper.consumers.ConsumerStart;
import dev.sandpiper.consumers.ConsumersConfig.Allowance;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code consumers}. */
public final class PostgresConsumers implements ConsumerRegistry {
    private static final String COLUMNS = "tenant, project, name, durable, topics, filter, ack_wait_ms, max_deliver,"
            + " backoff_ms, max_in_flight, ordered_by, start_epoch, start_sequence, start_time, paused, created_at";

    private static final String BY_NAME = " WHERE tenant = $1 AND project = $2 AND name = $3";

    /** Of several at the same time, each may be the last one within the limit: it is a bound on cost, not a quota. */
    private static final String CREATE =
            "WITH existing AS (SELECT count(*) AS n, count(*) FILTER (WHERE name = $3) AS same,"
                    + " coalesce(($17::jsonb ->> (SELECT plan FROM tenants WHERE id = $1))::bigint, $16::bigint) AS most FROM"
                    + " consumers WHERE tenant = $1 AND project = $2), made AS (INSERT INTO consumers (" + COLUMNS + ")"
                    + " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, false, $15 FROM existing"
                    + " WHERE n < most AND same = 0 ON CONFLICT DO NOTHING RETURNING 1)"
                    + " SELECT (SELECT count(*) FROM made) AS made, n, same, most FROM existing";

    private final Database database;
    private final AuditTrail audit;

    public PostgresConsumers(Database database, AuditTrail audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public Future<Void> create(Consumer consumer, Allowance allowance, AuditOrigin by) {
        ConsumerSpec spec = consumer.spec();
        ConsumerStart start = consumer.start();
        Instant time = start.time();
        Tuple parameters = Tuple.from(Arrays.asList(
                consumer.tenant().value(),
                consumer.project().value(),
                spec.name(),
                consumer.durable(),
                spec.topics().stream().map(TopicPattern::text).toArray(String[]::new),
                spec.filter(),
                spec.ackWait().toMillis(),
                spec.maxDeliver(),
                spec.backoff().stream().map(Duration::toMillis).toArray(Long[]::new),
                spec.maxInFlight(),
                spec.orderedByTopic() ? "topic" : "none",
                start.after().epoch(),
                start.after().sequence(),
                time == null ? null : time.atOffset(ZoneOffset.UTC),
                consumer.createdAt().atOffset(ZoneOffset.UTC),
                (long) allowance.perProject(),
                new JsonObject(new LinkedHashMap<>(allowance.byPlan()))));
        return database.forTenant(consumer.tenant())
                .transaction(transaction -> transaction
                        .preparedQuery(CREATE)
                        .execute(parameters)
                        .compose(rows -> {
                            Row row = rows.iterator().next();
                            if (row.getLong("made") == 1) {
                                return audit.append(
                                        transaction, AuditEntry.created(by, target(consumer), json(consumer)));
                            }
                            throw new PlatformException(
                                    row.getLong("same") == 0 && row.getLong("n") >= row.getLong("most")
                                            ? new ConsumerError.TooManyConsumers(row.getInteger("most"))
                                            : new ConsumerError.ConsumerExists());
                        }));
    }

    @Override
    public Future<Consumer> find(TenantId tenant, ProjectId project, String name) {
        return database.forTenant(tenant)
                .query("SELECT " + COLUMNS + " FROM consumers" + BY_NAME, key(tenant, project, name))
                .map(PostgresConsumers::only);
    }

    @Override
    public Future<ConsumerPage> list(TenantId tenant, ProjectId project, int limit, @Nullable String after) {
        return database.forTenant(tenant)
                .query(
                        "SELECT " + COLUMNS + " FROM consumers WHERE tenant = $1 AND project = $2 AND name > $3"
                                + " ORDER BY name LIMIT $4",
                        Tuple.of(tenant.value(), project.value(), after == null ? "" : after, limit + 1))
                .map(rows -> page(rows, limit));
    }

    @Override
    public Future<Consumer> setPaused(TenantId tenant, ProjectId project, String name, boolean paused, AuditOrigin by) {
        return database.forTenant(tenant)
                .transaction(transaction -> transaction
                        .preparedQuery("UPDATE consumers SET paused = $4" + BY_NAME + " RETURNING " + COLUMNS)
                        .execute(key(tenant, project, name).addBoolean(paused))
                        .map(PostgresConsumers::only)
                        .compose(changed -> audit.append(
                                        transaction,
                                        AuditEntry.of(
                                                by,
                                                target(changed),
                                                paused ? "paused" : "resumed",
                                                null,
                                                json(changed)))
                                .map(changed)));
    }

    @Override
    public Future<Consumer> reset(
            TenantId tenant, ProjectId project, String name, String durable, ConsumerStart start, AuditOrigin by) {
        Instant time = start.time();
        return database.forTenant(tenant)
                .transaction(transaction -> locked(transaction, tenant, project, name)
                        .compose(before -> transaction
                                .preparedQuery("WITH old AS (SELECT durable AS gone FROM consumers" + BY_NAME
                                        + " FOR UPDATE), noted AS ("
                                        + noted("old") + "),"
                                        + " changed AS (UPDATE consumers SET durable = $4, start_epoch = $5, start_sequence = $6,"
                                        + " start_time = $7" + BY_NAME + " AND EXISTS (SELECT 1 FROM old) RETURNING "
                                        + COLUMNS
                                        + ") SELECT * FROM changed")
                                .execute(key(tenant, project, name)
                                        .addString(durable)
                                        .addInteger(start.after().epoch())
                                        .addLong(start.after().sequence())
                                        .addOffsetDateTime(time == null ? null : time.atOffset(ZoneOffset.UTC)))
                                .map(PostgresConsumers::only)
                                .compose(after -> audit.append(
                                                transaction,
                                                AuditEntry.of(by, target(after), "reset", json(before), json(after)))
                                        .map(after))));
    }

    @Override
    public Future<Void> delete(TenantId tenant, ProjectId project, String name, AuditOrigin by) {
        return database.forTenant(tenant)
                .transaction(transaction -> locked(transaction, tenant, project, name)
                        .compose(before -> transaction
                                .preparedQuery("WITH old AS (DELETE FROM consumers" + BY_NAME
                                        + " RETURNING durable AS gone) " + noted("old"))
                                .execute(key(tenant, project, name))
                                .compose(gone -> audit.append(
                                        transaction, AuditEntry.deleted(by, target(before), json(before))))));
    }

    /** Nobody else changes it until the transaction ends. */
    private static Future<Consumer> locked(SqlConnection transaction, TenantId tenant, ProjectId project, String name) {
        return transaction
                .preparedQuery("SELECT " + COLUMNS + " FROM consumers" + BY_NAME + " FOR UPDATE")
                .execute(key(tenant, project, name))
                .map(PostgresConsumers::only);
    }

    private static AuditTarget target(Consumer consumer) {
        return AuditTarget.of(consumer.tenant(), consumer.project(), "consumer", consumer.name());
    }

    private static JsonObject json(Consumer consumer) {
        ConsumerSpec spec = consumer.spec();
        Instant time = consumer.start().time();
        return new JsonObject()
                .put(
                        "topics",
                        new JsonArray(
                                spec.topics().stream().map(TopicPattern::text).toList()))
                .put("filter", spec.filter())
                .put("ack_wait_ms", spec.ackWait().toMillis())
                .put("max_deliver", spec.maxDeliver())
                .put("max_in_flight", spec.maxInFlight())
                .put("ordered_by_topic", spec.orderedByTopic())
                .put("start_sequence", consumer.start().after().sequence())
                .put("start_time", time == null ? null : time.toString())
                .put("paused", consumer.paused());
    }

    /** The one statement without a tenant: it tidies up after all of them. */
    @Override
    public Future<List<String>> removals() {
        return database.platform()
                .query("SELECT durable FROM consumer_removals ORDER BY requested_at LIMIT 100")
                .map(rows -> {
                    List<String> durables = new ArrayList<>();
                    rows.forEach(row -> durables.add(row.getString("durable")));
                    return durables;
                });
    }

    @Override
    public Future<Void> removed(String durable) {
        return database.platform()
                .query("DELETE FROM consumer_removals WHERE durable = $1", Tuple.of(durable))
                .mapEmpty();
    }

    private static String noted(String source) {
        return "INSERT INTO consumer_removals (durable, tenant, project, requested_at) SELECT gone, $1, $2, now() FROM "
                + source;
    }

    private static Tuple key(TenantId tenant, ProjectId project, String name) {
        return Tuple.of(tenant.value(), project.value(), name);
    }

    private static ConsumerPage page(RowSet<Row> rows, int limit) {
        List<Consumer> items = new ArrayList<>();
        for (Row row : rows) {
            if (items.size() == limit) {
                return new ConsumerPage(items, items.get(limit - 1).name());
            }
            items.add(consumer(row));
        }
        return new ConsumerPage(items, null);
    }

    private static Consumer only(RowSet<Row> rows) {
        if (rows.size() == 0) {
            throw noSuchConsumer();
        }
        return consumer(rows.iterator().next());
    }

    private static PlatformException noSuchConsumer() {
        return new PlatformException(new ConflictError.ResourceNotFound("consumer"));
    }

    private static Consumer consumer(Row row) {
        OffsetDateTime time = row.getOffsetDateTime("start_time");
        var spec = new ConsumerSpec(
                row.getString("name"),
                Arrays.stream(row.getArrayOfStrings("topics"))
                        .map(TopicPattern::new)
                        .toList(),
                row.getString("filter"),
                Duration.ofMillis(row.getLong("ack_wait_ms")),
                row.getInteger("max_deliver"),
                Arrays.stream(row.getArrayOfLongs("backoff_ms"))
                        .map(Duration::ofMillis)
                        .toList(),
                row.getInteger("max_in_flight"),
                row.getString("ordered_by").equals("topic"));
        return new Consumer(
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                row.getString("durable"),
                spec,
                new ConsumerStart(
                        new Cursor(row.getInteger("start_epoch"), row.getLong("start_sequence")),
                        time == null ? null : time.toInstant()),
                row.getBoolean("paused"),
                row.getOffsetDateTime("created_at").toInstant());
    }
}
