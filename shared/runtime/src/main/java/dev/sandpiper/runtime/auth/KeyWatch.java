package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
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

    /** One row at least, so that the version is known even when nothing changed. */
    private static final String CHANGES =
            "SELECT c.version AS current, k.id, k.version, k.revoked_at FROM change_versions c"
                    + " LEFT JOIN api_keys k ON k.version > $1 WHERE c.topic = 'api_keys' ORDER BY k.version LIMIT "
                    + PAGE;

    private static final String EXPIRED =
            "SELECT id FROM api_keys WHERE expires_at > $1 AND expires_at <= $2 AND revoked_at IS NULL";

    private final Database database;
    private final Clock clock;
    private long version = UNKNOWN;
    private Instant expiredUntil;

    KeyWatch(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.expiredUntil = clock.instant();
    }

    /**
     * What is new.
     *
     * @param forgetAll nothing that was known before can be relied on: the first answer, or the database is an older one now
     * @param more there are further changes: ask again at once
     */
    record News(List<KeyChange> changes, List<KeyId> expired, boolean forgetAll, boolean more) {}

    Future<News> poll() {
        Instant now = clock.instant();
        // Nobody's cache is older than the first answer: what changed before it is not asked for.
        long since = version == UNKNOWN ? Long.MAX_VALUE : version;
        return database.query(CHANGES, Tuple.of(since))
                .compose(changed -> expired(now).map(expired -> news(changed, expired, now)));
    }

    private Future<List<KeyId>> expired(Instant now) {
        return database.query(EXPIRED, Tuple.of(expiredUntil.atOffset(ZoneOffset.UTC), now.atOffset(ZoneOffset.UTC)))
                .map(rows -> {
                    List<KeyId> ids = new ArrayList<>();
                    rows.forEach(row -> ids.add(new KeyId(row.getString("id"))));
                    return ids;
                });
    }

    private News news(RowSet<Row> rows, List<KeyId> expired, Instant now) {
        long before = version;
        List<KeyChange> changes = new ArrayList<>();
        for (Row row : rows) {
            KeyChange change = change(row);
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
        return new News(changes, expired, before == UNKNOWN || current < before, more);
    }

    private static @Nullable KeyChange change(Row row) {
        String id = row.getString("id");
        return id == null
                ? null
                : new KeyChange(new KeyId(id), row.getLong("version"), row.getOffsetDateTime("revoked_at") != null);
    }
}
