package dev.sandpiper.cells.postgres;

import dev.sandpiper.cells.Move;
import dev.sandpiper.cells.MoveStore;
import dev.sandpiper.cells.Place;
import dev.sandpiper.cells.StreamRow;
import dev.sandpiper.cells.nats.Passage;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.AdvisoryLock;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@link MoveStore} in PostgreSQL, with an advisory lock for the mover. */
public final class PostgresMoves implements MoveStore {
    /** "mover" in ASCII. */
    private static final long LOCK = 0x6d6f766572L;

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String UNDER_WAY = " WHERE state IN ('copying', 'sweeping')";

    /** Numbers below 64 are for streams that tenants share. */
    private static final String DEDICATE = "INSERT INTO event_streams"
            + " (cell, tenant, storage, replicas, max_bytes, max_age_ms, created_at, usable_at)"
            + " SELECT greatest(64, (SELECT max(cell) + 1 FROM event_streams)), t.id, $2, $3, $4, $5, now(), now()"
            + " FROM tenants t WHERE t.id = $1 RETURNING cell, tenant, storage, replicas, max_bytes, max_age_ms, true AS usable";

    private static final String BEGIN =
            "INSERT INTO tenant_moves (tenant, source, target, started_at)" + " VALUES ($1, $2, $3, now()) RETURNING *";

    private static final String CANCEL = "UPDATE tenant_moves SET state = 'cancelled', finished_at = now(), note = $2"
            + " WHERE id = $1 AND state = 'copying'";

    private static final String CONFIRMED = "SELECT NOT EXISTS (SELECT 1 FROM cell_nodes WHERE version < $1"
            + " AND seen_at > now() - $2 * interval '1 millisecond') AS confirmed";

    private static final String ARRIVE =
            "WITH moved AS (UPDATE tenant_moves SET state = 'sweeping', switched_at = now(),"
                    + " source_epoch = $2, target_epoch = $3, first_sequence = $4, last_sequence = $5, source_trimmed = $6,"
                    + " source_last = $7, copied = $8, total = $8, note = '' WHERE id = $1 AND state = 'copying'"
                    + " AND EXISTS (SELECT 1 FROM tenant_cells c WHERE c.tenant = tenant_moves.tenant AND c.fenced"
                    + " AND c.cell = tenant_moves.source) RETURNING tenant, target)"
                    + " UPDATE tenant_cells c SET cell = m.target, fenced = false FROM moved m WHERE c.tenant = m.tenant"
                    + " RETURNING c.tenant";

    private final Database database;
    private final AuditTrail audit;

    public PostgresMoves(Database database, AuditTrail audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public Future<StreamRow> dedicate(StreamRow wanted, AuditOrigin by) {
        TenantId tenant = wanted.tenant();
        if (tenant == null) {
            throw new IllegalArgumentException("a stream of one tenant has a tenant");
        }
        Duration maxAge = wanted.maxAge();
        Tuple values = Tuple.of(
                tenant.value(),
                wanted.memory() ? "memory" : "file",
                wanted.replicas(),
                wanted.maxBytes(),
                maxAge == null ? 0L : maxAge.toMillis());
        return database.platform()
                .transaction(transaction -> transaction
                        .preparedQuery(DEDICATE)
                        .execute(values)
                        .map(rows -> {
                            if (rows.size() == 0) {
                                throw new PlatformException(new ConflictError.ResourceNotFound("tenant"));
                            }
                            return PostgresCells.stream(rows.iterator().next());
                        })
                        .compose(made -> audit.append(transaction, told(made, tenant, by))
                                .map(made)))
                .recover(e -> Future.failedFuture(
                        isUniqueViolation(e) ? new PlatformException(new ConflictError.StreamExists(tenant), e) : e));
    }

    private static AuditEntry told(StreamRow made, TenantId tenant, AuditOrigin by) {
        Duration maxAge = made.maxAge();
        var stream = new JsonObject()
                .put("number", made.cell())
                .put("storage", made.memory() ? "memory" : "file")
                .put("replicas", made.replicas())
                .put("max_bytes", made.maxBytes())
                .put("max_age_ms", maxAge == null ? null : maxAge.toMillis());
        return AuditEntry.created(by, AuditTarget.of(tenant, "stream", Integer.toString(made.cell())), stream)
                .onPlatform();
    }

    @Override
    public Future<List<StreamRow>> streams() {
        return database.platform().query(PostgresCells.STREAMS).map(rows -> {
            List<StreamRow> streams = new ArrayList<>();
            rows.forEach(row -> streams.add(PostgresCells.stream(row)));
            return streams;
        });
    }

    @Override
    public Future<List<Place>> places(int limit, String after) {
        return database.platform()
                .query(
                        "SELECT tenant, cell, fenced, version FROM tenant_cells WHERE tenant > $1 ORDER BY tenant LIMIT $2",
                        Tuple.of(after, limit))
                .map(rows -> {
                    List<Place> places = new ArrayList<>();
                    rows.forEach(row -> places.add(PostgresCells.place(row)));
                    return places;
                });
    }

    @Override
    public Future<Boolean> isKnown(TenantId tenant) {
        return database.platform()
                .query(
                        "SELECT EXISTS (SELECT 1 FROM tenants WHERE id = $1)"
                                + " OR EXISTS (SELECT 1 FROM tenant_cells WHERE tenant = $1) AS known",
                        Tuple.of(tenant.value()))
                .map(rows -> rows.iterator().next().getBoolean("known"));
    }

    @Override
    public Future<Move> begin(TenantId tenant, int source, int target, AuditOrigin by) {
        return database.platform()
                .transaction(transaction -> transaction
                        .preparedQuery(BEGIN)
                        .execute(Tuple.of(tenant.value(), source, target))
                        .map(rows -> move(rows.iterator().next()))
                        .compose(move ->
                                audit.append(transaction, begun(move, by)).map(move)))
                .recover(e -> Future.failedFuture(
                        isUniqueViolation(e)
                                ? new PlatformException(
                                        new ConflictError.MoveRefused(ConflictError.MoveRefused.Reason.UNDER_WAY), e)
                                : e));
    }

    private static AuditEntry begun(Move move, AuditOrigin by) {
        return AuditEntry.of(
                        by,
                        AuditTarget.of(move.tenant(), "move", Long.toString(move.id())),
                        "begun",
                        new JsonObject().put("stream", move.source()),
                        new JsonObject().put("stream", move.target()))
                .onPlatform();
    }

    private static boolean isUniqueViolation(Throwable failure) {
        return failure instanceof PgException refusal && UNIQUE_VIOLATION.equals(refusal.getSqlState());
    }

    @Override
    public Future<List<Move>> list(int limit, long before) {
        return database.platform()
                .query(
                        "SELECT * FROM tenant_moves WHERE $1 = 0 OR id < $1 ORDER BY id DESC LIMIT $2",
                        Tuple.of(before, limit))
                .map(PostgresMoves::moves);
    }

    @Override
    public Future<List<Move>> of(TenantId tenant) {
        return database.platform()
                .query("SELECT * FROM tenant_moves WHERE tenant = $1 ORDER BY id DESC", Tuple.of(tenant.value()))
                .map(PostgresMoves::moves);
    }

    @Override
    public Future<Boolean> isAnyUnderWay() {
        return database.platform()
                .query("SELECT EXISTS (SELECT 1 FROM tenant_moves" + UNDER_WAY + ") AS any_under_way")
                .map(rows -> rows.iterator().next().getBoolean("any_under_way"));
    }

    @Override
    public Future<@Nullable Owner> own() {
        return database.lock(LOCK).<@Nullable Owner>map(lock -> lock == null ? null : new Locked(lock));
    }

    private record Locked(AdvisoryLock lock) implements Owner {
        @Override
        public boolean isLost() {
            return lock.isLost();
        }

        @Override
        public Future<List<Move>> underWay() {
            return lock.query("SELECT * FROM tenant_moves" + UNDER_WAY + " ORDER BY id", Tuple.tuple())
                    .map(PostgresMoves::moves);
        }

        @Override
        public Future<Void> progress(Move move, long copied, long total, String note) {
            return lock.query(
                            "UPDATE tenant_moves SET copied = $2, total = $3, note = $4 WHERE id = $1",
                            Tuple.of(move.id(), copied, total, note))
                    .mapEmpty();
        }

        @Override
        public Future<Long> fence(Move move) {
            return lock.query(
                            "UPDATE tenant_cells SET fenced = true WHERE tenant = $1 RETURNING version",
                            Tuple.of(move.tenant().value()))
                    .map(rows -> rows.iterator().next().getLong("version"));
        }

        @Override
        public Future<Boolean> unfence(Move move) {
            return lock.query(
                            "UPDATE tenant_cells SET fenced = false WHERE tenant = $1 AND fenced",
                            Tuple.of(move.tenant().value()))
                    .map(rows -> rows.rowCount() > 0);
        }

        @Override
        public Future<Void> cancel(Move move, String note) {
            return lock.query(CANCEL, Tuple.of(move.id(), note)).mapEmpty();
        }

        @Override
        public Future<Boolean> isConfirmed(long version, Duration lately) {
            return lock.query(CONFIRMED, Tuple.of(version, lately.toMillis()))
                    .map(rows -> rows.iterator().next().getBoolean("confirmed"));
        }

        @Override
        public Future<Boolean> arrive(Move move, Passage passage, long sourceLast, long copied) {
            Tuple values = Tuple.tuple()
                    .addLong(move.id())
                    .addInteger(passage.sourceEpoch())
                    .addInteger(passage.targetEpoch())
                    .addLong(passage.first())
                    .addLong(passage.last())
                    .addLong(passage.sourceTrimmed())
                    .addLong(sourceLast)
                    .addLong(copied);
            return lock.query(ARRIVE, values).map(rows -> rows.size() == 1);
        }

        @Override
        public Future<Long> sourceLast(Move move) {
            return lock.query("SELECT source_last FROM tenant_moves WHERE id = $1", Tuple.of(move.id()))
                    .map(rows -> rows.iterator().next().getLong("source_last"));
        }

        @Override
        public Future<Void> finish(Move move) {
            return lock.query(
                            "UPDATE tenant_moves SET state = 'done', finished_at = now() WHERE id = $1",
                            Tuple.of(move.id()))
                    .mapEmpty();
        }

        @Override
        public Future<Void> release() {
            return lock.release();
        }
    }

    private static List<Move> moves(RowSet<Row> rows) {
        List<Move> moves = new ArrayList<>();
        rows.forEach(row -> moves.add(move(row)));
        return moves;
    }

    private static Move move(Row row) {
        var passage = new Passage(
                row.getInteger("source_epoch"),
                row.getInteger("target_epoch"),
                row.getLong("first_sequence"),
                row.getLong("last_sequence"),
                row.getLong("source_trimmed"));
        Instant switched = time(row.getOffsetDateTime("switched_at"));
        Instant started = time(row.getOffsetDateTime("started_at"));
        return new Move(
                row.getLong("id"),
                new TenantId(row.getString("tenant")),
                row.getInteger("source"),
                row.getInteger("target"),
                Move.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getLong("copied"),
                row.getLong("total"),
                switched == null ? null : passage,
                row.getString("note"),
                started == null ? Instant.EPOCH : started,
                switched,
                time(row.getOffsetDateTime("finished_at")));
    }

    private static @Nullable Instant time(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
