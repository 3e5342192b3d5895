package dev.sandpiper.sockets.postgres;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import dev.sandpiper.sockets.SubscriberPositions;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The positions of subscribers in PostgreSQL. A fence drawn from a sequence says who may move a position. */
public final class PostgresPositions implements SubscriberPositions {
    /** Counts only when the position has to be made. */
    private static final String TAKE = """
            WITH taken AS (
                UPDATE subscriber_positions SET fence = nextval('subscriber_fences'), used_at = clock_timestamp()
                WHERE tenant = $1 AND project = $2 AND subscriber = $3 AND topic = $4 RETURNING fence, epoch, sequence),
            made AS (
                INSERT INTO subscriber_positions (tenant, project, subscriber, topic, fence, used_at)
                SELECT $1, $2, $3, $4, nextval('subscriber_fences'), clock_timestamp()
                WHERE NOT EXISTS (SELECT 1 FROM taken) AND (SELECT count(*) FROM (
                    SELECT 1 FROM subscriber_positions WHERE tenant = $1 AND project = $2 LIMIT $5) AS present) < $5
                ON CONFLICT (tenant, project, subscriber, topic) DO NOTHING RETURNING fence, epoch, sequence)
            SELECT fence, epoch, sequence FROM taken UNION ALL SELECT fence, epoch, sequence FROM made
            """;

    private static final String MOVE = """
            UPDATE subscriber_positions AS p SET epoch = COALESCE(v.epoch, p.epoch), sequence = COALESCE(v.sequence, p.sequence),
                used_at = clock_timestamp()
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::integer[], $7::bigint[])
                AS v (tenant, project, subscriber, topic, fence, epoch, sequence)
            WHERE p.tenant = v.tenant AND p.project = v.project AND p.subscriber = v.subscriber AND p.topic = v.topic
                AND p.fence = v.fence
            RETURNING p.fence
            """;

    private static final String LIST = "SELECT subscriber, topic, epoch, sequence, used_at FROM subscriber_positions"
            + " WHERE tenant = $1 AND project = $2 AND ($3::text IS NULL OR subscriber = $3) AND (subscriber, topic) > ($4, $5)"
            + " ORDER BY subscriber, topic LIMIT $6";

    private static final String DELETE = "DELETE FROM subscriber_positions"
            + " WHERE tenant = $1 AND project = $2 AND subscriber = $3 AND ($4::text IS NULL OR topic = $4)";

    private static final String EXPIRE =
            "DELETE FROM subscriber_positions WHERE (tenant, project, subscriber, topic) IN ("
                    + "SELECT tenant, project, subscriber, topic FROM subscriber_positions"
                    + " WHERE used_at < clock_timestamp() - $1::bigint * interval '1 millisecond' ORDER BY used_at LIMIT 1000)"
                    + " AND used_at < clock_timestamp() - $1::bigint * interval '1 millisecond'";

    private final Database database;

    public PostgresPositions(Database database) {
        this.database = database;
    }

    @Override
    public Future<Taken> take(Place place, int limit) {
        Tuple values = Tuple.of(
                place.tenant().value(),
                place.project().value(),
                place.subscriber(),
                place.topic().name(),
                limit);
        DatabaseAccess mine = database.forTenant(place.tenant());
        // Another connection may make it at the same moment: then it is there the second time.
        return mine.query(TAKE, values)
                .compose(rows -> rows.size() > 0 ? Future.succeededFuture(rows) : mine.query(TAKE, values))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new PlatformException(new ConflictError.TooManyPositions(limit));
                    }
                    Row row = rows.iterator().next();
                    return new Taken(row.getLong("fence"), cursor(row));
                });
    }

    @Override
    public Future<Set<Long>> move(List<Move> moves) {
        return database.platform()
                .query(
                        MOVE,
                        Tuple.tuple()
                                .addArrayOfString(strings(
                                        moves, move -> move.place().tenant().value()))
                                .addArrayOfString(strings(
                                        moves, move -> move.place().project().value()))
                                .addArrayOfString(
                                        strings(moves, move -> move.place().subscriber()))
                                .addArrayOfString(strings(
                                        moves, move -> move.place().topic().name()))
                                .addArrayOfLong(moves.stream().map(Move::fence).toArray(Long[]::new))
                                .addArrayOfInteger(epochs(moves))
                                .addArrayOfLong(sequences(moves)))
                .map(rows -> {
                    Set<Long> held = new HashSet<>();
                    rows.forEach(row -> held.add(row.getLong("fence")));
                    return held;
                });
    }

    private interface Text {
        String of(Move move);
    }

    private static String[] strings(List<Move> moves, Text text) {
        return moves.stream().map(text::of).toArray(String[]::new);
    }

    private static @Nullable Integer[] epochs(List<Move> moves) {
        @Nullable Integer[] epochs = new Integer[moves.size()];
        for (int i = 0; i < epochs.length; i++) {
            Cursor cursor = moves.get(i).cursor();
            epochs[i] = cursor == null ? null : (Integer) cursor.epoch();
        }
        return epochs;
    }

    private static @Nullable Long[] sequences(List<Move> moves) {
        @Nullable Long[] sequences = new Long[moves.size()];
        for (int i = 0; i < sequences.length; i++) {
            Cursor cursor = moves.get(i).cursor();
            sequences[i] = cursor == null ? null : (Long) cursor.sequence();
        }
        return sequences;
    }

    @Override
    public Future<List<Entry>> list(
            TenantId tenant, ProjectId project, @Nullable String subscriber, @Nullable Entry after, int limit) {
        return database.forTenant(tenant)
                .query(
                        LIST,
                        Tuple.of(
                                tenant.value(),
                                project.value(),
                                subscriber,
                                after == null ? "" : after.subscriber(),
                                after == null ? "" : after.topic().name(),
                                limit))
                .map(PostgresPositions::entries);
    }

    private static List<Entry> entries(RowSet<Row> rows) {
        List<Entry> entries = new ArrayList<>();
        for (Row row : rows) {
            entries.add(new Entry(
                    row.getString("subscriber"),
                    new Topic(row.getString("topic")),
                    cursor(row),
                    row.getOffsetDateTime("used_at").toInstant()));
        }
        return entries;
    }

    @Override
    public Future<Integer> delete(TenantId tenant, ProjectId project, String subscriber, @Nullable Topic topic) {
        return database.forTenant(tenant)
                .query(
                        DELETE,
                        Tuple.of(tenant.value(), project.value(), subscriber, topic == null ? null : topic.name()))
                .map(RowSet::rowCount);
    }

    @Override
    public Future<Void> expire(Duration unused) {
        return database.platform().query(EXPIRE, Tuple.of(unused.toMillis())).mapEmpty();
    }

    private static @Nullable Cursor cursor(Row row) {
        Integer epoch = row.getInteger("epoch");
        Long sequence = row.getLong("sequence");
        return epoch == null || sequence == null ? null : new Cursor(epoch, sequence);
    }
}
