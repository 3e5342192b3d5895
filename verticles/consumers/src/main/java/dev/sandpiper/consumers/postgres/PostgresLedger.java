package dev.sandpiper.consumers.postgres;

import dev.sandpiper.consumers.Claim;
import dev.sandpiper.consumers.Consumer;
import dev.sandpiper.consumers.DeliveryLedger;
import dev.sandpiper.consumers.Incarnation;
import dev.sandpiper.consumers.PulledEvent;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table {@code consumer_deliveries}. All times in it are those of PostgreSQL's own clock. */
public final class PostgresLedger implements DeliveryLedger {
    private static final String OF_CONSUMER = "d.tenant = $1 AND d.project = $2 AND d.durable = $3";

    private static final String CLAIMS =
            "unnest($4::integer[], $5::bigint[], $6::bigint[]) AS w (epoch, sequence, fence)";

    private static final String CLAIMED = OF_CONSUMER + " AND d.epoch = w.epoch AND d.sequence = w.sequence";

    /** Who holds the newest fence of an event that nobody decided about. */
    private static final String HELD = CLAIMED + " AND d.fence = w.fence AND d.decision IS NULL";

    private static final String DECIDED =
            "d.tenant, d.project, d.durable, d.epoch, d.sequence, d.fence, d.delivery, d.reply,"
                    + " d.decision, d.reason, d.outputs, d.decided_by, d.published_from, d.receipts, d.finished_at,"
                    + " (extract(epoch FROM now() - d.decided_at) * 1000)::bigint AS age,"
                    + " EXISTS (SELECT 1 FROM consumers c WHERE c.tenant = d.tenant AND c.project = d.project AND c.durable = d.durable)"
                    + " AS alive";

    private static final String NOTE = "INSERT INTO consumer_deliveries AS d"
            + " (tenant, project, durable, epoch, sequence, fence, delivery, reply, stored_at, leased_until)"
            + " SELECT $1, $2, $3, t.epoch, t.sequence, nextval('consumer_fences'), t.delivery, t.reply, t.stored_at,"
            + " now() + $4::bigint * interval '1 millisecond'"
            + " FROM unnest($5::integer[], $6::bigint[], $7::integer[], $8::text[], $9::timestamptz[])"
            + " AS t (epoch, sequence, delivery, reply, stored_at)"
            + " WHERE EXISTS (SELECT 1 FROM consumers c WHERE c.tenant = $1 AND c.project = $2 AND c.durable = $3 AND NOT c.paused)"
            + " ON CONFLICT (durable, epoch, sequence) DO UPDATE SET reply = EXCLUDED.reply,"
            + " fence = CASE WHEN d.decision IS NULL THEN EXCLUDED.fence ELSE d.fence END,"
            + " delivery = CASE WHEN d.decision IS NULL THEN EXCLUDED.delivery ELSE d.delivery END,"
            + " leased_until = EXCLUDED.leased_until RETURNING " + DECIDED;

    /** After the last delivery's time is over, JetStream gives the event up, and nobody may acknowledge it any more. */
    private static final String DECIDE = "UPDATE consumer_deliveries d SET decision = $7, reason = $8, outputs = $9,"
            + " decided_by = $10, published_from = $11, decided_at = now(), attempted_at = now() FROM " + CLAIMS
            + " WHERE "
            + HELD + " AND (d.delivery < $12 OR d.leased_until > now()) RETURNING " + DECIDED;

    private static final String READ =
            "SELECT " + DECIDED + " FROM consumer_deliveries d, " + CLAIMS + " WHERE " + CLAIMED;

    private static final String OPEN = "SELECT d.epoch, d.sequence FROM consumer_deliveries d, " + CLAIMS + " WHERE "
            + HELD + " AND d.leased_until > now()";

    private static final String RELEASE = "UPDATE consumer_deliveries d SET fence = nextval('consumer_fences'),"
            + " leased_until = now() FROM " + CLAIMS + " WHERE " + HELD + " RETURNING " + DECIDED;

    private static final String PROLONG =
            "UPDATE consumer_deliveries d SET leased_until = now() + $7::bigint * interval '1 millisecond'" + " FROM "
                    + CLAIMS + " WHERE " + HELD + " RETURNING " + DECIDED;

    private static final String FINISH = "UPDATE consumer_deliveries d SET finished_at = now(), receipts = $6"
            + " FROM unnest($4::integer[], $5::bigint[]) AS w (epoch, sequence) WHERE " + CLAIMED
            + " AND d.decision IS NOT NULL AND d.finished_at IS NULL";

    /** Of all tenants: what was decided must happen, whoever's it is. */
    private static final String UNFINISHED =
            "UPDATE consumer_deliveries d SET attempted_at = now() FROM (SELECT durable,"
                    + " epoch, sequence FROM consumer_deliveries WHERE decision IS NOT NULL AND finished_at IS NULL"
                    + " AND attempted_at < now() - $1::bigint * interval '1 millisecond' ORDER BY attempted_at LIMIT $2"
                    + " FOR UPDATE SKIP LOCKED) w WHERE d.durable = w.durable AND d.epoch = w.epoch AND d.sequence = w.sequence"
                    + " RETURNING " + DECIDED;

    private static final String FORGET = "DELETE FROM consumer_deliveries WHERE (durable, epoch, sequence) IN"
            + " ((SELECT durable, epoch, sequence FROM consumer_deliveries"
            + " WHERE finished_at < now() - $1::bigint * interval '1 millisecond' LIMIT 2000) UNION ALL"
            + " (SELECT durable, epoch, sequence FROM consumer_deliveries"
            + " WHERE decision IS NULL AND leased_until < now() - interval '1 day' LIMIT 2000))";

    private final Database database;

    public PostgresLedger(Database database) {
        this.database = database;
    }

    @Override
    public Future<Map<Long, Noted>> note(Consumer consumer, List<PulledEvent> events) {
        // One row cannot be written twice by one statement; the later delivery of an event is the one that counts.
        Map<Long, PulledEvent> distinct = new HashMap<>();
        events.forEach(pulled -> distinct.put(pulled.event().sequence(), pulled));
        Tuple parameters = of(consumer)
                .addLong(consumer.spec().ackWait().toMillis())
                .addArrayOfInteger(distinct.values().stream()
                        .map(pulled -> cursor(pulled).epoch())
                        .toArray(Integer[]::new))
                .addArrayOfLong(distinct.keySet().toArray(Long[]::new))
                .addArrayOfInteger(
                        distinct.values().stream().map(PulledEvent::delivery).toArray(Integer[]::new))
                .addArrayOfString(
                        distinct.values().stream().map(PulledEvent::reply).toArray(String[]::new))
                .addArrayOfOffsetDateTime(distinct.values().stream()
                        .map(pulled -> pulled.event().timestamp().atOffset(ZoneOffset.UTC))
                        .toArray(OffsetDateTime[]::new));
        return database.forTenant(consumer.tenant()).query(NOTE, parameters).map(rows -> {
            Map<Long, Noted> noted = new HashMap<>();
            for (Row row : rows) {
                noted.put(
                        row.getLong("sequence"),
                        new Noted(claim(row), row.getString("decision") == null ? null : decided(row)));
            }
            return noted;
        });
    }

    @Override
    public Future<List<Verdict>> decide(Consumer consumer, List<Claim> claims, Decision decision) {
        byte[] outputs = decision.outputs();
        Tuple parameters = of(consumer, claims)
                .addString(name(decision.kind()))
                .addString(decision.reason())
                .addBuffer(outputs == null ? null : Buffer.buffer(outputs))
                .addString(decision.by())
                .addLong(decision.publishedFrom())
                .addInteger(consumer.spec().maxDeliver());
        return resolve(
                consumer,
                claims,
                database.forTenant(consumer.tenant()).query(DECIDE, parameters),
                row -> new Verdict.Accepted(decided(row)),
                (claim, row) -> {
                    boolean same = row.getLong("fence") == claim.fence()
                            && name(decision.kind()).equals(row.getString("decision"));
                    return same ? new Verdict.Accepted(decided(row)) : new Verdict.Stale();
                },
                new Verdict.Unknown());
    }

    @Override
    public Future<Set<Cursor>> open(Consumer consumer, List<Claim> claims) {
        return database.forTenant(consumer.tenant())
                .query(OPEN, of(consumer, claims))
                .map(rows -> {
                    Set<Cursor> found = new HashSet<>();
                    rows.forEach(row -> found.add(source(row)));
                    return found;
                });
    }

    @Override
    public Future<List<Renewed>> release(Consumer consumer, List<Claim> claims) {
        return renewed(consumer, claims, database.forTenant(consumer.tenant()).query(RELEASE, of(consumer, claims)));
    }

    @Override
    public Future<List<Renewed>> prolong(Consumer consumer, List<Claim> claims) {
        Tuple parameters =
                of(consumer, claims).addLong(consumer.spec().ackWait().toMillis());
        return renewed(consumer, claims, database.forTenant(consumer.tenant()).query(PROLONG, parameters));
    }

    @Override
    public Future<Void> finish(Incarnation of, List<Cursor> sources, byte @Nullable [] receipts) {
        return database.forTenant(of.tenant())
                .query(
                        FINISH,
                        Tuple.of(of.tenant().value(), of.project().value(), of.durable())
                                .addArrayOfInteger(
                                        sources.stream().map(Cursor::epoch).toArray(Integer[]::new))
                                .addArrayOfLong(
                                        sources.stream().map(Cursor::sequence).toArray(Long[]::new))
                                .addBuffer(receipts == null ? null : Buffer.buffer(receipts)))
                .mapEmpty();
    }

    @Override
    public Future<List<Decided>> unfinished(Duration untouched, int limit) {
        return database.platform()
                .query(UNFINISHED, Tuple.of(untouched.toMillis(), (long) limit))
                .map(rows -> {
                    List<Decided> found = new ArrayList<>();
                    rows.forEach(row -> found.add(decided(row)));
                    return found;
                });
    }

    @Override
    public Future<Void> forget(Duration history) {
        return database.platform().query(FORGET, Tuple.of(history.toMillis())).mapEmpty();
    }

    @Override
    public Future<@Nullable Instant> oldestOpen(Consumer consumer) {
        return database.forTenant(consumer.tenant())
                .query(
                        "SELECT min(d.stored_at) AS oldest FROM consumer_deliveries d WHERE " + OF_CONSUMER
                                + " AND d.decision IS NULL AND (d.delivery < $4 OR d.leased_until > now())",
                        of(consumer).addInteger(consumer.spec().maxDeliver()))
                .map(rows -> {
                    OffsetDateTime oldest = rows.iterator().next().getOffsetDateTime("oldest");
                    return oldest == null ? null : oldest.toInstant();
                });
    }

    private Future<List<Renewed>> renewed(Consumer consumer, List<Claim> claims, Future<RowSet<Row>> update) {
        return resolve(
                consumer,
                claims,
                update,
                row -> new Renewed(row.getString("reply"), false),
                (claim, row) -> new Renewed(null, true),
                new Renewed(null, false));
    }

    /** What became of each claim: taken by the update, or else by what the row says now. */
    private <T> Future<List<T>> resolve(
            Consumer consumer,
            List<Claim> claims,
            Future<RowSet<Row>> update,
            Function<Row, T> taken,
            BiFunction<Claim, Row, T> refused,
            T unknown) {
        return update.compose(rows -> {
                    Map<Cursor, T> results = new HashMap<>();
                    rows.forEach(row -> results.put(source(row), taken.apply(row)));
                    if (results.size() == claims.size()) {
                        return Future.succeededFuture(results);
                    }
                    return database.forTenant(consumer.tenant())
                            .query(READ, of(consumer, claims))
                            .map(present -> {
                                Map<Cursor, Row> known = new HashMap<>();
                                present.forEach(row -> known.put(source(row), row));
                                for (Claim claim : claims) {
                                    Row row = known.get(claim.source());
                                    results.computeIfAbsent(
                                            claim.source(),
                                            source -> row == null ? unknown : refused.apply(claim, row));
                                }
                                return results;
                            });
                })
                .map(results -> claims.stream()
                        .map(claim -> results.getOrDefault(claim.source(), unknown))
                        .toList());
    }

    private static Tuple of(Consumer consumer) {
        return Tuple.of(consumer.tenant().value(), consumer.project().value(), consumer.durable());
    }

    private static Tuple of(Consumer consumer, List<Claim> claims) {
        return of(consumer)
                .addArrayOfInteger(
                        claims.stream().map(claim -> claim.source().epoch()).toArray(Integer[]::new))
                .addArrayOfLong(
                        claims.stream().map(claim -> claim.source().sequence()).toArray(Long[]::new))
                .addArrayOfLong(claims.stream().map(Claim::fence).toArray(Long[]::new));
    }

    private static Cursor cursor(PulledEvent pulled) {
        Cursor cursor = pulled.event().cursor();
        if (cursor == null) {
            throw new IllegalArgumentException("an ephemeral event has no consumers");
        }
        return cursor;
    }

    private static Cursor source(Row row) {
        return new Cursor(row.getInteger("epoch"), row.getLong("sequence"));
    }

    private static Claim claim(Row row) {
        return new Claim(source(row), row.getLong("fence"), row.getInteger("delivery"));
    }

    private static Decided decided(Row row) {
        return new Decided(
                new Incarnation(
                        new TenantId(row.getString("tenant")),
                        new ProjectId(row.getString("project")),
                        row.getString("durable")),
                source(row),
                row.getString("reply"),
                new Decision(
                        row.getString("decision").equals(name(Kind.ACK)) ? Kind.ACK : Kind.TERM,
                        row.getString("reason"),
                        bytes(row, "outputs"),
                        row.getString("decided_by"),
                        row.getLong("published_from")),
                Duration.ofMillis(row.getLong("age")),
                bytes(row, "receipts"),
                row.getOffsetDateTime("finished_at") != null,
                row.getBoolean("alive"));
    }

    private static byte @Nullable [] bytes(Row row, String column) {
        Buffer buffer = row.getBuffer(column);
        return buffer == null ? null : buffer.getBytes();
    }

    private static String name(Kind kind) {
        return switch (kind) {
            case ACK -> "ack";
            case TERM -> "term";
        };
    }
}
