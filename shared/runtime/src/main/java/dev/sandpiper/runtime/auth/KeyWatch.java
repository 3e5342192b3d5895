package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL what happened to keys since it was last asked, for nodes that missed the word. One question at a time: the
 * caller waits for the answer before it asks again.
 */
final class KeyWatch {
    private static final int PAGE = 500;
    private static final long UNKNOWN = -1;

    /** Longer than any interval between questions. */
    private static final Duration LOOKAHEAD = Duration.ofMinutes(1);

    /** One row at least, so that the version is known even when nothing changed. */
    private static final String CHANGES =
            "SELECT c.version AS current, k.id, k.version, k.revoked_at, k.narrowed_version FROM change_versions c"
                    + " LEFT JOIN api_keys k ON k.version > $1 WHERE c.topic = 'api_keys' ORDER BY k.version LIMIT "
                    + PAGE;

    private static final String EXPIRED =
            "SELECT id, expires_at FROM api_keys WHERE expires_at > $1 AND expires_at <= $2 AND revoked_at IS NULL"
                    + " ORDER BY expires_at";

    private final DatabaseAccess database;
    private final Clock clock;
    private long version = UNKNOWN;
    private Instant expiredUntil;

    KeyWatch(Database database, Clock clock) {
        this.database = database.platform();
        this.clock = clock;
        this.expiredUntil = clock.instant();
    }

    /**
     * What is new.
     *
     * @param forgetAll nothing that was known before can be relied on: the first answer, or the database is an older one now
     * @param pause after which to ask again at the latest: none when there are further changes, or until the next key expires
     */
    record News(List<KeyChange> changes, List<KeyId> expired, boolean forgetAll, Duration pause) {}

    private record Expiries(List<KeyId> past, Duration untilNext) {}

    Future<News> poll() {
        Instant now = clock.instant();
        // Nobody's cache is older than the first answer: what changed before it is not asked for.
        long since = version == UNKNOWN ? Long.MAX_VALUE : version;
        return database.query(CHANGES, Tuple.of(since))
                .compose(changed -> expiries(now).map(expiries -> news(changed, expiries, now)));
    }

    /** Also those that are about to expire, so that their end is not noticed a whole interval late. */
    private Future<Expiries> expiries(Instant now) {
        Instant horizon = now.plus(LOOKAHEAD);
        return database.query(
                        EXPIRED, Tuple.of(expiredUntil.atOffset(ZoneOffset.UTC), horizon.atOffset(ZoneOffset.UTC)))
                .map(rows -> {
                    List<KeyId> past = new ArrayList<>();
                    for (Row row : rows) {
                        Instant end = row.getOffsetDateTime("expires_at").toInstant();
                        if (end.isAfter(now)) {
                            return new Expiries(past, Duration.between(now, end).plusMillis(1));
                        }
                        past.add(new KeyId(row.getString("id")));
                    }
                    return new Expiries(past, LOOKAHEAD);
                });
    }

    private News news(RowSet<Row> rows, Expiries expiries, Instant now) {
        long before = version;
        List<KeyChange> changes = new ArrayList<>();
        for (Row row : rows) {
            KeyChange change = change(row, before);
            if (change != null) {
                changes.add(change);
            }
        }
        boolean more = changes.size() == PAGE;
        long current = rows.iterator().next().getLong("current");
        version = more ? changes.get(PAGE - 1).version() : current;
        if (now.isAfter(expiredUntil)) {
            expiredUntil = now;
        }
        boolean forgetAll = before == UNKNOWN || current < before;
        return new News(changes, expiries.past(), forgetAll, more ? Duration.ZERO : expiries.untilNext());
    }

    private static @Nullable KeyChange change(Row row, long since) {
        String id = row.getString("id");
        if (id == null) {
            return null;
        }
        KeyChange.Kind kind =
                row.getLong("narrowed_version") > since ? KeyChange.Kind.NARROWED : KeyChange.Kind.CHANGED;
        return new KeyChange(
                new KeyId(id),
                row.getLong("version"),
                row.getOffsetDateTime("revoked_at") != null ? KeyChange.Kind.GONE : kind);
    }
}
