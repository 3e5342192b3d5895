package dev.sandpiper.runtime.auth;

import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** What an authenticator asks and tells the table {@code api_keys}: about any tenant's keys, since it does not know yet whose they are. */
final class KeyStore {
    private final DatabaseAccess database;
    private final Clock clock;

    KeyStore(Database database, Clock clock) {
        this.database = database.platform();
        this.clock = clock;
    }

    /** The key of this id, whatever its tenant, for whoever presents it. */
    Future<Optional<StoredKey>> load(String id) {
        return database.query("SELECT " + KeyRows.STORED + " FROM api_keys WHERE id = $1", Tuple.of(id))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(KeyRows.stored(rows.iterator().next())));
    }

    /**
     * Notes that these keys were used lately; other nodes may be noting the same.
     *
     * @param from an address by id; empty when it is not known
     */
    Future<Void> touch(Map<String, String> from) {
        return database.query(
                        "UPDATE api_keys k SET last_used_at = $3, last_used_from = COALESCE(NULLIF(u.address, ''), last_used_from)"
                                + " FROM unnest($1::text[], $2::text[]) AS u (id, address) WHERE k.id = u.id AND k.id IN"
                                + " (SELECT id FROM api_keys WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED)",
                        Tuple.of(
                                from.keySet().toArray(String[]::new),
                                from.values().toArray(String[]::new),
                                now()))
                .mapEmpty();
    }

    /** Puts a key that was just presented under another pepper, unless somebody did so before. */
    Future<Void> rehash(String id, String formerPepper, String pepper, byte[] hmac) {
        return database.query(
                        "UPDATE api_keys SET hmac = $4, pepper_id = $3 WHERE id = $1 AND pepper_id = $2",
                        Tuple.of(id, formerPepper, pepper, Buffer.buffer(hmac)))
                .mapEmpty();
    }

    private OffsetDateTime now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
