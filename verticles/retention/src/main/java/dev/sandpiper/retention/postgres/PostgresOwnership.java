package dev.sandpiper.retention.postgres;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.retention.CheckReport;
import dev.sandpiper.retention.Ownership;
import dev.sandpiper.retention.RetentionJson;
import dev.sandpiper.retention.Snapshot;
import dev.sandpiper.runtime.postgres.AdvisoryLock;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** {@link Ownership} by an advisory lock. */
public final class PostgresOwnership implements Ownership {
    /** "janitor" in ASCII. */
    private static final long LOCK = 0x6a616e69746f72L;

    private static final String VERSION = "SELECT version FROM change_versions WHERE topic = 'retention'";

    /** One statement: readers see the sums of one moment. */
    private static final String SAVE =
            "WITH changed AS (SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])"
                    + " AS c(tenant, project, events, bytes)),"
                    + " gone AS (DELETE FROM storage_usage u WHERE EXISTS (SELECT 1 FROM changed c WHERE c.tenant = u.tenant"
                    + " AND c.project = u.project AND c.events = 0) OR ($5 AND NOT EXISTS (SELECT 1 FROM changed c"
                    + " WHERE c.tenant = u.tenant AND c.project = u.project))),"
                    + " kept AS (INSERT INTO storage_usage (tenant, project, events, bytes)"
                    + " SELECT tenant, project, events, bytes FROM changed WHERE events > 0"
                    + " ON CONFLICT (tenant, project) DO UPDATE SET events = EXCLUDED.events, bytes = EXCLUDED.bytes)"
                    + " INSERT INTO storage_counts (counted_at, sequence, events, bytes, exact) VALUES ($6, $7, $8, $9, $10)"
                    + " ON CONFLICT (only_one) DO UPDATE SET counted_at = EXCLUDED.counted_at,"
                    + " sequence = EXCLUDED.sequence, events = EXCLUDED.events, bytes = EXCLUDED.bytes, exact = EXCLUDED.exact";

    /** A month of daily checks. */
    private static final String SAVE_CHECK =
            "WITH old AS (DELETE FROM storage_checks WHERE checked_at < $1::timestamptz - interval '31 days')"
                    + " INSERT INTO storage_checks (checked_at, report, clean) VALUES ($1, $2, $3)"
                    + " ON CONFLICT (checked_at) DO NOTHING";

    private final Database database;
    private volatile @Nullable AdvisoryLock lock;

    public PostgresOwnership(Database database) {
        this.database = database;
    }

    @Override
    public Future<Boolean> acquire() {
        AdvisoryLock held = lock;
        if (held != null && !held.isLost()) {
            return Future.succeededFuture(true);
        }
        return database.lock(LOCK).map(taken -> {
            lock = taken;
            return taken != null;
        });
    }

    @Override
    public Future<Long> prove() {
        return query(VERSION, Tuple.tuple()).map(rows -> rows.iterator().next().getLong("version"));
    }

    @Override
    public Future<Void> save(Snapshot snapshot) {
        int count = snapshot.changed().size();
        String[] tenants = new String[count];
        String[] projects = new String[count];
        Long[] events = new Long[count];
        Long[] bytes = new Long[count];
        int i = 0;
        for (var entry : snapshot.changed().entrySet()) {
            tenants[i] = entry.getKey().tenant().value();
            projects[i] = entry.getKey().id().value();
            events[i] = entry.getValue().events();
            bytes[i] = entry.getValue().bytes();
            i++;
        }
        Tuple parameters = Tuple.tuple()
                .addArrayOfString(tenants)
                .addArrayOfString(projects)
                .addArrayOfLong(events)
                .addArrayOfLong(bytes)
                .addBoolean(snapshot.all())
                .addOffsetDateTime(time(snapshot.at()))
                .addLong(snapshot.sequence())
                .addLong(snapshot.total().events())
                .addLong(snapshot.total().bytes())
                .addBoolean(snapshot.exact());
        return query(SAVE, parameters).mapEmpty();
    }

    @Override
    public Future<Void> save(CheckReport report) {
        String json = new String(RetentionJson.check(report), StandardCharsets.UTF_8);
        return query(SAVE_CHECK, Tuple.of(time(report.at()), json, report.isClean()))
                .mapEmpty();
    }

    @Override
    public Future<Void> release() {
        AdvisoryLock held = lock;
        lock = null;
        return held == null ? Future.succeededFuture() : held.release();
    }

    private Future<RowSet<Row>> query(String sql, Tuple parameters) {
        AdvisoryLock held = lock;
        return held == null
                ? Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable()))
                : held.query(sql, parameters);
    }

    private static OffsetDateTime time(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
