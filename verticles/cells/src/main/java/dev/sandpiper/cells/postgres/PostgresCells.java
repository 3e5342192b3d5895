package dev.sandpiper.cells.postgres;

import dev.sandpiper.cells.CellStore;
import dev.sandpiper.cells.Place;
import dev.sandpiper.cells.StreamRow;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link CellStore} in PostgreSQL. */
public final class PostgresCells implements CellStore {
    /** Places that one answer about changes is about. */
    private static final int PAGE = 1_000;

    /** A tenant that is there already may have events: until every node knows the new streams, none is placed there. */
    private static final String ENSURE = "INSERT INTO event_streams (cell, created_at, usable_at)"
            + " SELECT n, now(), CASE WHEN n = 0 OR NOT EXISTS (SELECT 1 FROM tenants) THEN now()"
            + " ELSE now() + $2 * interval '1 millisecond' END"
            + " FROM generate_series(0, $1 - 1) n"
            + " WHERE NOT EXISTS (SELECT 1 FROM event_streams s WHERE s.cell = n) ON CONFLICT (cell) DO NOTHING";

    static final String STREAMS = "SELECT cell, tenant, storage, replicas, max_bytes, max_age_ms,"
            + " usable_at <= now() AS usable FROM event_streams ORDER BY cell";

    /** One row at least, so that the version is known even when nothing changed. */
    private static final String CHANGES = "SELECT c.version AS current, t.tenant, t.cell, t.fenced, t.version"
            + " FROM change_versions c LEFT JOIN LATERAL (SELECT * FROM tenant_cells WHERE version > $1"
            + " ORDER BY version LIMIT " + PAGE + ") t ON true WHERE c.topic = 'cells' ORDER BY t.version";

    private static final String COLUMNS = "tenant, cell, fenced, version";

    private static final String IS_OLDER = "SELECT EXISTS (SELECT 1 FROM tenants WHERE id = $1 AND created_at <"
            + " (SELECT min(usable_at) FROM event_streams WHERE cell > 0)) AS older";

    private static final String PLACE = "INSERT INTO tenant_cells (tenant, cell, placed_at, version)"
            + " VALUES ($1, coalesce((SELECT cell FROM event_streams WHERE tenant = $1), $2), now(), 0) ON CONFLICT (tenant) DO UPDATE SET tenant = EXCLUDED.tenant RETURNING "
            + COLUMNS;

    /** Together with nodes that have not been heard of for an hour. */
    private static final String CONFIRM =
            "WITH gone AS (DELETE FROM cell_nodes WHERE seen_at < now() - interval '1 hour'"
                    + " AND node <> $1) INSERT INTO cell_nodes (node, version, seen_at) VALUES ($1, $2, now())"
                    + " ON CONFLICT (node) DO UPDATE SET version = EXCLUDED.version, seen_at = EXCLUDED.seen_at";

    private final Database database;

    public PostgresCells(Database database) {
        this.database = database;
    }

    @Override
    public Future<Void> ensure(int count, Duration settle) {
        return database.platform()
                .query(ENSURE, Tuple.of(count, settle.toMillis()))
                .mapEmpty();
    }

    @Override
    public Future<Changes> changesSince(long version) {
        // Places first: whatever stream one of them names is among the streams then.
        return database.platform()
                .query(CHANGES, Tuple.of(version))
                .compose(places -> database.platform().query(STREAMS).map(streams -> changes(places, streams)));
    }

    private static Changes changes(RowSet<Row> rows, RowSet<Row> streams) {
        List<Place> places = new ArrayList<>();
        long current = 0;
        for (Row row : rows) {
            current = row.getLong("current");
            if (row.getString("tenant") != null) {
                places.add(place(row));
            }
        }
        List<StreamRow> all = new ArrayList<>();
        streams.forEach(row -> all.add(stream(row)));
        boolean more = places.size() == PAGE;
        return new Changes(all, places, more ? places.getLast().version() : current, more);
    }

    @Override
    public Future<Optional<Place>> find(TenantId tenant) {
        return database.platform()
                .query("SELECT " + COLUMNS + " FROM tenant_cells WHERE tenant = $1", Tuple.of(tenant.value()))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(place(rows.iterator().next())));
    }

    @Override
    public Future<Boolean> isOlderThanGrowth(TenantId tenant) {
        return database.platform()
                .query(IS_OLDER, Tuple.of(tenant.value()))
                .map(rows -> rows.iterator().next().getBoolean("older"));
    }

    @Override
    public Future<Void> confirm(String node, long version) {
        return database.platform().query(CONFIRM, Tuple.of(node, version)).mapEmpty();
    }

    @Override
    public Future<Place> place(TenantId tenant, int cell) {
        return database.platform()
                .query(PLACE, Tuple.of(tenant.value(), cell))
                .map(rows -> place(rows.iterator().next()));
    }

    static Place place(Row row) {
        return new Place(
                new TenantId(row.getString("tenant")),
                row.getInteger("cell"),
                row.getBoolean("fenced"),
                row.getLong("version"));
    }

    static StreamRow stream(Row row) {
        String tenant = row.getString("tenant");
        long age = row.getLong("max_age_ms");
        return new StreamRow(
                row.getInteger("cell"),
                tenant == null ? null : new TenantId(tenant),
                row.getString("storage").equals("memory"),
                row.getInteger("replicas"),
                row.getLong("max_bytes"),
                age == 0 ? null : Duration.ofMillis(age),
                row.getBoolean("usable"));
    }
}
