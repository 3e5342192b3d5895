package dev.sandpiper.schedules.postgres;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.schedules.DueSchedules;
import dev.sandpiper.schedules.Schedule;
import dev.sandpiper.schedules.SchedulePage;
import dev.sandpiper.schedules.ScheduleStore;
import dev.sandpiper.schedules.SchedulesConfig;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Scheduled events in PostgreSQL. */
public final class PostgresSchedules implements ScheduleStore {
    /** Of the one row that says what happened: made, or why not. PostgreSQL's clock decides what is past. */
    private static final String INSERT = """
            WITH clock AS (SELECT clock_timestamp() + $13::bigint * interval '1 microsecond' AS now),
            open AS (SELECT count(*) AS n FROM (
                SELECT 1 FROM scheduled_events WHERE tenant = $2 AND project = $3
                AND state IN ('waiting', 'publishing', 'failed') LIMIT $14) AS counted),
            made AS (
                INSERT INTO scheduled_events (id, tenant, project, key, topic, event, data, content_type, class, ttl_seconds,
                    created_at, deliver_at, due_at, headers)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock.now, $11, $11, $15 FROM clock, open
                WHERE $11 > clock.now AND $11 <= clock.now + $12::bigint * interval '1 microsecond' AND open.n < $14
                ON CONFLICT (tenant, project, key) WHERE key IS NOT NULL DO NOTHING
                RETURNING id)
            SELECT EXISTS (SELECT 1 FROM made) AS made, $11 > clock.now AS future,
                $11 <= clock.now + $12::bigint * interval '1 microsecond' AS near, open.n < $14 AS room
            FROM clock, open
            """;

    private final Database database;
    private final SchedulesConfig config;
    private final Supplier<Duration> ahead;

    /** By PostgreSQL's clock. */
    public PostgresSchedules(Database database, SchedulesConfig config) {
        this(database, config, () -> Duration.ZERO);
    }

    /** @param ahead how far this store's time is ahead of PostgreSQL's */
    public PostgresSchedules(Database database, SchedulesConfig config, Supplier<Duration> ahead) {
        this.database = database;
        this.config = config;
        this.ahead = ahead;
    }

    @Override
    public Future<Inserted> insert(String id, PublishCommand command, Instant deliverAt) {
        PublishOptions options = command.options();
        Duration ttl = options == null ? null : options.ttl();
        DeliveryClass requested = command.requestedClass();
        Tuple values = Tuple.tuple()
                .addString(id)
                .addString(command.tenant().value())
                .addString(command.project().value())
                .addString(command.key())
                .addString(command.topic().name())
                .addString(command.event())
                .addBuffer(Buffer.buffer(command.data()))
                .addString(command.contentType())
                .addString(requested == null ? null : requested.wireName())
                .addLong(ttl == null ? null : ttl.toSeconds())
                .addOffsetDateTime(deliverAt.atOffset(ZoneOffset.UTC))
                .addLong(micros(config.maxAhead()))
                .addLong(micros(ahead.get()))
                .addLong((long) config.maxPerProject())
                .addValue(ScheduleRows.json(command.headers()));
        return database.forTenant(command.tenant()).query(INSERT, values).compose(rows -> {
            Row row = rows.iterator().next();
            return row.getBoolean("made")
                    ? Future.succeededFuture(new Inserted(id, deliverAt, false))
                    : earlier(command, deliverAt, refusal(row));
        });
    }

    /** A key that was used before wins over whatever else would be wrong by now. */
    private Future<Inserted> earlier(PublishCommand command, Instant deliverAt, PlatformException refusal) {
        String key = command.key();
        if (key == null) {
            return Future.failedFuture(refusal);
        }
        return database.forTenant(command.tenant())
                .query(
                        "SELECT id, deliver_at, topic = $4 AND event = $5 AND data = $6 AND content_type IS NOT DISTINCT FROM $7"
                                + " AND headers::jsonb IS NOT DISTINCT FROM $9::jsonb AND deliver_at = $8 AS same FROM scheduled_events"
                                + " WHERE tenant = $1 AND project = $2 AND key = $3",
                        Tuple.tuple()
                                .addString(command.tenant().value())
                                .addString(command.project().value())
                                .addString(key)
                                .addString(command.topic().name())
                                .addString(command.event())
                                .addBuffer(Buffer.buffer(command.data()))
                                .addString(command.contentType())
                                .addOffsetDateTime(deliverAt.atOffset(ZoneOffset.UTC))
                                .addValue(ScheduleRows.json(command.headers())))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw refusal;
                    }
                    Row row = rows.iterator().next();
                    if (!row.getBoolean("same")) {
                        throw new PlatformException(new ConflictError.IdempotencyConflict());
                    }
                    return new Inserted(
                            row.getString("id"),
                            row.getOffsetDateTime("deliver_at").toInstant(),
                            true);
                });
    }

    private PlatformException refusal(Row row) {
        if (!row.getBoolean("future")) {
            return fault("must be in the future");
        }
        if (!row.getBoolean("near")) {
            return fault("must be within " + config.maxAhead().toDays() + " days");
        }
        return new PlatformException(new ConflictError.TooManySchedules(config.maxPerProject()));
    }

    private static PlatformException fault(String reason) {
        return new PlatformException(new RequestError.InvalidParameter("deliver_at", reason));
    }

    @Override
    public Future<SchedulePage> list(TenantId tenant, ProjectId project, int limit, @Nullable String after) {
        SchedulePosition position;
        try {
            position = SchedulePosition.parse(after);
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
        return database.forTenant(tenant)
                .query(
                        "SELECT " + ScheduleRows.COLUMNS + " FROM scheduled_events WHERE tenant = $1 AND project = $2"
                                + " AND state IN ('waiting', 'publishing', 'failed') AND (deliver_at, id) > ($3, $4)"
                                + " ORDER BY deliver_at, id LIMIT $5",
                        Tuple.of(tenant.value(), project.value(), position.time(), position.id(), limit + 1))
                .map(rows -> page(rows, limit));
    }

    private static SchedulePage page(RowSet<Row> rows, int limit) {
        List<Schedule> items = new ArrayList<>();
        for (Row row : rows) {
            if (items.size() == limit) {
                Schedule last = items.get(limit - 1);
                return new SchedulePage(items, new SchedulePosition(last.deliverAt(), last.id()).text());
            }
            items.add(ScheduleRows.schedule(row));
        }
        return new SchedulePage(items, null);
    }

    @Override
    public Future<Schedule> find(TenantId tenant, ProjectId project, String id) {
        return database.forTenant(tenant)
                .query(
                        "SELECT " + ScheduleRows.COLUMNS
                                + " FROM scheduled_events WHERE tenant = $1 AND project = $2 AND id = $3",
                        Tuple.of(tenant.value(), project.value(), id))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw noSuchSchedule();
                    }
                    return ScheduleRows.schedule(rows.iterator().next());
                });
    }

    @Override
    public Future<Void> cancel(TenantId tenant, ProjectId project, String id) {
        return database.forTenant(tenant)
                .query(
                        "UPDATE scheduled_events SET state = 'cancelled', ended_at = clock_timestamp()"
                                + " WHERE tenant = $1 AND project = $2 AND id = $3 AND state IN ('waiting', 'failed')",
                        Tuple.of(tenant.value(), project.value(), id))
                .map(rows -> {
                    if (rows.rowCount() == 0) {
                        throw noSuchSchedule();
                    }
                    return null;
                });
    }

    private static PlatformException noSuchSchedule() {
        return new PlatformException(new ConflictError.ResourceNotFound("schedule"));
    }

    @Override
    public Future<@Nullable DueSchedules> own() {
        return PostgresDue.own(database, ahead);
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
