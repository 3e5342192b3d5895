package dev.sandpiper.schedules.postgres;

import dev.sandpiper.runtime.postgres.AdvisoryLock;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.schedules.DueSchedules;
import dev.sandpiper.schedules.Schedule;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is due, in PostgreSQL: every statement runs on the connection that holds the advisory lock. */
final class PostgresDue implements DueSchedules {
    private static final long LOCK = 0x5363_6865_6475_6c65L;
    private static final int PAGE = 100;

    /** Answers with the state that each was found in. Waits for whoever is just cancelling one of them. */
    private static final String CLAIM = "WITH due AS (SELECT " + ScheduleRows.COLUMNS
            + " FROM scheduled_events WHERE state IN ('waiting', 'publishing')"
            + " AND due_at <= clock_timestamp() + $1::bigint * interval '1 microsecond' ORDER BY due_at, id LIMIT "
            + PAGE
            + " FOR UPDATE), claimed AS (UPDATE scheduled_events SET state = 'publishing' WHERE id IN (SELECT id FROM due))"
            + " SELECT " + ScheduleRows.COLUMNS + " FROM due";

    private static final String POSTPONE =
            "UPDATE scheduled_events SET state = $2, attempts = attempts + 1, error = $3,"
                    + " due_at = clock_timestamp() + $4::bigint * interval '1 microsecond' WHERE id = $1 AND state = 'publishing'";

    private static final String END = "UPDATE scheduled_events SET state = $2, error = $3, ended_at ="
            + " CASE WHEN $2 = 'published' THEN clock_timestamp() END WHERE id = ANY($1) AND state = 'publishing'";

    private static final String FORGET = "DELETE FROM scheduled_events WHERE id IN (SELECT id FROM scheduled_events"
            + " WHERE ended_at < clock_timestamp() - interval '1 day' LIMIT 1000)";

    private final AdvisoryLock lock;
    private final Supplier<Duration> ahead;

    private PostgresDue(AdvisoryLock lock, Supplier<Duration> ahead) {
        this.lock = lock;
        this.ahead = ahead;
    }

    /** Null while another node is the one. */
    static Future<@Nullable DueSchedules> own(Database database, Supplier<Duration> ahead) {
        return database.lock(LOCK)
                .<@Nullable DueSchedules>map(lock -> lock == null ? null : new PostgresDue(lock, ahead));
    }

    @Override
    public boolean isLost() {
        return lock.isLost();
    }

    @Override
    public Future<Void> release() {
        return lock.release();
    }

    @Override
    public Future<List<Schedule>> claim() {
        return lock.query(CLAIM, Tuple.of(PostgresSchedules.micros(ahead.get())))
                .map(rows -> {
                    List<Schedule> due = new ArrayList<>();
                    rows.forEach(row -> due.add(ScheduleRows.schedule(row)));
                    due.sort(Comparator.comparing(Schedule::deliverAt).thenComparing(Schedule::id));
                    return due;
                });
    }

    @Override
    public Future<Void> published(List<String> ids) {
        return end(ids, "published", null);
    }

    @Override
    public Future<Void> failed(String id, String error) {
        return end(List.of(id), "failed", error);
    }

    private Future<Void> end(List<String> ids, String state, @Nullable String error) {
        return lock.query(
                        END,
                        Tuple.tuple()
                                .addArrayOfString(ids.toArray(String[]::new))
                                .addString(state)
                                .addString(error))
                .mapEmpty();
    }

    @Override
    public Future<Void> postpone(String id, boolean maybeStored, String error, Duration pause) {
        return lock.query(
                        POSTPONE,
                        Tuple.of(
                                id,
                                maybeStored ? "publishing" : "waiting",
                                error,
                                PostgresSchedules.micros(pause.plus(ahead.get()))))
                .mapEmpty();
    }

    @Override
    public Future<Void> forget() {
        return lock.query(FORGET, Tuple.tuple()).mapEmpty();
    }
}
