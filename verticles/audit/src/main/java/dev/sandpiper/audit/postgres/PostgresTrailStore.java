package dev.sandpiper.audit.postgres;

import dev.sandpiper.audit.AuditQuery;
import dev.sandpiper.audit.Chain;
import dev.sandpiper.audit.ChainEntry;
import dev.sandpiper.audit.ChainVerifier.Start;
import dev.sandpiper.audit.Checkpoint;
import dev.sandpiper.audit.SignedEntry;
import dev.sandpiper.audit.TrailStore;
import dev.sandpiper.audit.TrailWork.Range;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link TrailStore} in PostgreSQL. */
public final class PostgresTrailStore implements TrailStore {
    private static final String HEAD =
            "SELECT tenant, seq, hash, sealed_seq, sealed_hash, checkpoint, checked_seq FROM audit_chains ";

    private static final String ENTRY = "SELECT tenant, seq, position, envelope, details, salt, signature, hash, at,"
            + " action, project, actor, target FROM audit_entries ";

    /** What a member of a list of numbers is worth: the first of its run is its number minus its place. */
    private static final String ERASABLE = "SELECT min(seq) AS first, max(seq) AS last FROM (SELECT seq, seq -"
            + " row_number() OVER (ORDER BY seq) AS run FROM (SELECT seq FROM audit_entries WHERE tenant = $1"
            + " AND details IS NOT NULL AND ($2::text IS NULL OR actor = $2 OR target = $2) AND ($3::timestamptz IS NULL OR at < $3)"
            + " ORDER BY seq LIMIT $4) found) runs GROUP BY run ORDER BY 1";

    private static final String SEALABLE = "SELECT e.seq, e.hash FROM audit_entries e JOIN audit_chains c"
            + " ON c.tenant = e.tenant WHERE e.tenant = $1 AND e.at < $2 AND e.seq <= c.checked_seq"
            + " AND NOT EXISTS (SELECT 1 FROM audit_entries young WHERE young.tenant = $1 AND young.seq < e.seq"
            + " AND young.at >= $2) ORDER BY e.seq DESC LIMIT 1";

    private final Database database;

    public PostgresTrailStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<@Nullable Head> head(String chain) {
        return access(chain)
                .query(HEAD + "WHERE tenant = $1", Tuple.of(chain))
                .<@Nullable Head>map(
                        rows -> rows.size() == 0 ? null : head(rows.iterator().next()));
    }

    @Override
    public Future<List<Head>> heads(int limit, String after) {
        return database.platform()
                .query(HEAD + "WHERE tenant > $1 ORDER BY tenant LIMIT $2", Tuple.of(after, limit))
                .map(PostgresTrailStore::heads);
    }

    @Override
    public Future<List<Head>> due(int entries, Duration age) {
        return database.platform()
                .query(
                        HEAD + "WHERE seq > checked_seq AND (seq - checked_seq >= $1"
                                + " OR changed_at < now() - $2 * interval '1 millisecond') ORDER BY changed_at LIMIT 500",
                        Tuple.of((long) entries, age.toMillis()))
                .map(PostgresTrailStore::heads);
    }

    @Override
    public Future<List<ChainEntry>> read(String chain, long after, int limit) {
        return access(chain)
                .query(
                        ENTRY + "WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3", Tuple.of(chain, after, limit))
                .map(rows -> {
                    List<ChainEntry> entries = new ArrayList<>();
                    rows.forEach(row -> entries.add(entry(row)));
                    return entries;
                });
    }

    @Override
    public Future<List<Listed>> list(AuditQuery query) {
        var sql = new StringBuilder(ENTRY).append("WHERE true");
        Tuple values = Tuple.tuple();
        and(sql, values, " AND tenant = $", query.chain());
        String action = query.action();
        if (action != null && action.endsWith("*")) {
            and(sql, values, " AND starts_with(action, $", action.substring(0, action.length() - 1));
            sql.append(')');
        } else {
            and(sql, values, " AND action = $", action);
        }
        named(sql, values, "actor", query.actor());
        named(sql, values, "target", query.target());
        and(sql, values, " AND project = $", query.project());
        and(sql, values, " AND at >= $", time(query.from()));
        and(sql, values, " AND at < $", time(query.until()));
        and(sql, values, " AND position < $", query.before());
        and(sql, values, " ORDER BY position DESC LIMIT $", query.limit());
        String chain = query.chain();
        DatabaseAccess access = chain == null ? database.platform() : access(chain);
        return access.query(sql.toString(), values).map(rows -> {
            List<Listed> entries = new ArrayList<>();
            rows.forEach(row -> entries.add(new Listed(row.getLong("position"), entry(row))));
            return entries;
        });
    }

    @Override
    public Future<Void> checked(Checkpoint checkpoint) {
        return access(checkpoint.chain())
                .query(
                        "SELECT audit_checked($1, $2, $3)",
                        Tuple.of(checkpoint.chain(), checkpoint.number(), checkpoint.seq()))
                .mapEmpty();
    }

    @Override
    public Future<List<Range>> erasable(
            String chain, @Nullable String who, @Nullable Instant before, int limit) {
        Tuple values = Tuple.tuple()
                .addString(chain)
                .addString(who)
                .addOffsetDateTime(time(before))
                .addInteger(limit);
        return access(chain).query(ERASABLE, values).map(rows -> {
            List<Range> ranges = new ArrayList<>();
            rows.forEach(row -> ranges.add(new Range(row.getLong("first"), row.getLong("last"))));
            return ranges;
        });
    }

    @Override
    public Future<Void> erase(SignedEntry entry, List<Range> ranges) {
        Long[] from = ranges.stream().map(Range::from).toArray(Long[]::new);
        Long[] to = ranges.stream().map(Range::to).toArray(Long[]::new);
        Tuple parameters = Tuple.tuple()
                .addString(entry.chain())
                .addArrayOfLong(from)
                .addArrayOfLong(to);
        return access(entry.chain()).transaction(transaction -> transaction
                .preparedQuery("SELECT audit_erase($1, $2, $3)")
                .execute(parameters)
                .compose(erased -> PostgresTrail.append(transaction, entry)));
    }

    @Override
    public Future<@Nullable Start> sealable(String chain, Instant before) {
        return access(chain).query(SEALABLE, Tuple.of(chain, time(before)))
                .<@Nullable Start>map(rows -> rows.size() == 0
                        ? null
                        : start(rows.iterator().next(), "seq", "hash"));
    }

    @Override
    public Future<Void> seal(SignedEntry summary, Start through) {
        String chain = summary.chain();
        return access(chain).transaction(transaction -> transaction
                .preparedQuery("SELECT audit_seal($1, $2, $3)")
                .execute(Tuple.of(chain, through.seq(), Buffer.buffer(through.hash())))
                .compose(done -> PostgresTrail.append(transaction, summary)));
    }

    /** Of the chain alone: PostgreSQL shows no other. */
    private DatabaseAccess access(String chain) {
        return chain.equals(Chain.INSTALLATION) ? database.platform() : database.forTenant(new TenantId(chain));
    }

    private static void and(StringBuilder sql, Tuple values, String condition, @Nullable Object value) {
        if (value != null) {
            values.addValue(value);
            sql.append(condition).append(values.size());
        }
    }

    /** By kind and id, or by the kind alone. */
    private static void named(StringBuilder sql, Tuple values, String column, @Nullable String name) {
        if (name != null && name.indexOf(':') < 0) {
            and(sql, values, " AND split_part(" + column + ", ':', 1) = $", name);
        } else {
            and(sql, values, " AND " + column + " = $", name);
        }
    }

    private static List<Head> heads(RowSet<Row> rows) {
        List<Head> heads = new ArrayList<>();
        rows.forEach(row -> heads.add(head(row)));
        return heads;
    }

    private static Head head(Row row) {
        return new Head(
                row.getString("tenant"),
                start(row, "seq", "hash"),
                start(row, "sealed_seq", "sealed_hash"),
                row.getLong("checkpoint"),
                row.getLong("checked_seq"));
    }

    private static Start start(Row row, String seq, String hash) {
        byte[] bytes = bytes(row, hash);
        return new Start(row.getLong(seq), bytes == null ? new byte[0] : bytes);
    }

    private static ChainEntry entry(Row row) {
        byte[] signature = bytes(row, "signature");
        byte[] hash = bytes(row, "hash");
        return new ChainEntry(
                row.getString("tenant"),
                row.getLong("seq"),
                row.getString("envelope"),
                row.getString("details"),
                bytes(row, "salt"),
                signature == null ? new byte[0] : signature,
                hash == null ? new byte[0] : hash,
                new ChainEntry.Columns(
                        row.getOffsetDateTime("at").toInstant(),
                        row.getString("action"),
                        row.getString("project"),
                        row.getString("actor"),
                        row.getString("target")));
    }

    private static byte @Nullable [] bytes(Row row, String column) {
        Buffer buffer = row.getBuffer(column);
        return buffer == null ? null : buffer.getBytes();
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }
}
