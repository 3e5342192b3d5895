package dev.sandpiper.topics.postgres;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.topics.RuleSpec;
import dev.sandpiper.topics.RuleStore;
import dev.sandpiper.topics.StoredRule;
import dev.sandpiper.topics.TopicJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rules in PostgreSQL. A change is one statement, which does nothing when the project's revision is not the expected one. */
public final class PostgresRules implements RuleStore {
    /** Projects that one answer about changes is about. */
    private static final int PAGE = 20;

    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String MINE = " WHERE tenant = $1 AND project = $2";

    private static final String BUMP = "WITH bumped AS (UPDATE topic_rule_sets SET revision = revision + 1" + MINE
            + " AND revision = $3 RETURNING revision) ";

    private static final String PUT = BUMP
            + "INSERT INTO topic_rules (tenant, project, pattern, version, schema, class, dedupe_window_ms, max_payload,"
            + " retention_age_ms, retention_count, retention_bytes, ttl_ms, created_at, updated_at)"
            + " SELECT $1, $2, $4, revision, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13 FROM bumped"
            + " ON CONFLICT (tenant, project, pattern) DO UPDATE SET version = EXCLUDED.version, schema = EXCLUDED.schema,"
            + " class = EXCLUDED.class, dedupe_window_ms = EXCLUDED.dedupe_window_ms, max_payload = EXCLUDED.max_payload,"
            + " retention_age_ms = EXCLUDED.retention_age_ms, retention_count = EXCLUDED.retention_count,"
            + " retention_bytes = EXCLUDED.retention_bytes, ttl_ms = EXCLUDED.ttl_ms, updated_at = EXCLUDED.updated_at"
            + " RETURNING " + RuleRows.COLUMNS;

    private static final String DELETE =
            BUMP + "DELETE FROM topic_rules" + MINE + " AND pattern = $4 AND EXISTS (SELECT FROM bumped)";

    /** The set without rules is a row too, with nothing in the place of the rule. */
    private static final String LOAD = "SELECT s.revision, " + RuleRows.COLUMNS_OF_R
            + " FROM topic_rule_sets s LEFT JOIN topic_rules r ON r.tenant = s.tenant AND r.project = s.project"
            + " WHERE s.tenant = $1 AND s.project = $2 ORDER BY r.pattern";

    /** One row at least, so that the version is known even when nothing changed. */
    private static final String CHANGES = "SELECT c.version AS current, s.version AS set_version, s.tenant, s.project,"
            + " s.revision, " + RuleRows.COLUMNS_OF_R
            + " FROM change_versions c LEFT JOIN LATERAL (SELECT * FROM topic_rule_sets WHERE version > $1"
            + " ORDER BY version LIMIT " + PAGE + ") s ON true"
            + " LEFT JOIN topic_rules r ON r.tenant = s.tenant AND r.project = s.project"
            + " WHERE c.topic = 'topic_rules' ORDER BY s.version, r.pattern";

    private static final String FIND = "SELECT " + RuleRows.COLUMNS + " FROM topic_rules" + MINE + " AND pattern = $3";

    private final Database database;
    private final AuditTrail audit;
    private final Clock clock;

    public PostgresRules(Database database, AuditTrail audit) {
        this(database, audit, Clock.systemUTC());
    }

    public PostgresRules(Database database, AuditTrail audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Future<RuleSet> load(TenantId tenant, ProjectId project) {
        return database.forTenant(tenant)
                .query(LOAD, Tuple.of(tenant.value(), project.value()))
                .map(rows -> {
                    long revision = 0;
                    List<StoredRule> rules = new ArrayList<>();
                    for (Row row : rows) {
                        revision = row.getLong("revision");
                        RuleRows.rule(row).ifPresent(rules::add);
                    }
                    return new RuleSet(tenant, project, revision, rules);
                });
    }

    @Override
    public Future<List<StoredRule>> list(TenantId tenant, ProjectId project, int limit, @Nullable String after) {
        return database.forTenant(tenant)
                .query(
                        "SELECT " + RuleRows.COLUMNS + " FROM topic_rules" + MINE
                                + " AND pattern > $3 ORDER BY pattern LIMIT $4",
                        Tuple.of(tenant.value(), project.value(), after == null ? "" : after, limit))
                .map(rows -> {
                    List<StoredRule> rules = new ArrayList<>();
                    rows.forEach(row -> RuleRows.rule(row).ifPresent(rules::add));
                    return rules;
                });
    }

    @Override
    public Future<Optional<StoredRule>> put(
            TenantId tenant, ProjectId project, long revision, TopicPattern pattern, RuleSpec spec, AuditOrigin by) {
        Future<?> ready = revision > 0 ? Future.succeededFuture() : begin(tenant, project);
        return ready.compose(done -> database.forTenant(tenant)
                .transaction(transaction -> find(transaction, tenant, project, pattern)
                        .compose(before -> transaction
                                .preparedQuery(PUT)
                                .execute(RuleRows.parameters(tenant, project, revision, pattern, spec, now()))
                                .map(rows -> first(rows).flatMap(RuleRows::rule))
                                .compose(after -> after.isEmpty()
                                        ? Future.succeededFuture(after)
                                        : audit.append(transaction, changed(by, tenant, project, before, after.get()))
                                                .map(after)))));
    }

    @Override
    public Future<Boolean> delete(
            TenantId tenant, ProjectId project, long revision, TopicPattern pattern, AuditOrigin by) {
        return database.forTenant(tenant)
                .transaction(transaction -> find(transaction, tenant, project, pattern)
                        .compose(before -> transaction
                                .preparedQuery(DELETE)
                                .execute(Tuple.of(tenant.value(), project.value(), revision, pattern.text()))
                                .compose(rows -> rows.rowCount() == 1
                                        ? audit.append(
                                                        transaction,
                                                        AuditEntry.deleted(
                                                                by, target(tenant, project, pattern), json(before)))
                                                .map(true)
                                        : Future.succeededFuture(false))));
    }

    /** As it is now. When it changes before the statement that follows, that one finds another revision and does nothing. */
    private static Future<Optional<StoredRule>> find(
            SqlConnection transaction, TenantId tenant, ProjectId project, TopicPattern pattern) {
        return transaction
                .preparedQuery(FIND)
                .execute(Tuple.of(tenant.value(), project.value(), pattern.text()))
                .map(rows -> first(rows).flatMap(RuleRows::rule));
    }

    private static AuditEntry changed(
            AuditOrigin by, TenantId tenant, ProjectId project, Optional<StoredRule> before, StoredRule after) {
        AuditTarget target = target(tenant, project, after.pattern());
        var made = new JsonObject(Buffer.buffer(TopicJson.rule(after)));
        return before.isEmpty()
                ? AuditEntry.created(by, target, made)
                : AuditEntry.changed(by, target, json(before), made);
    }

    private static AuditTarget target(TenantId tenant, ProjectId project, TopicPattern pattern) {
        return AuditTarget.of(tenant, project, "topic_rule", pattern.text());
    }

    private static @Nullable JsonObject json(Optional<StoredRule> rule) {
        return rule.map(one -> new JsonObject(Buffer.buffer(TopicJson.rule(one))))
                .orElse(null);
    }

    @Override
    public Future<Changes> changesSince(long version) {
        return database.platform().query(CHANGES, Tuple.of(version)).map(rows -> changes(rows, version));
    }

    private Future<Void> begin(TenantId tenant, ProjectId project) {
        return database.forTenant(tenant)
                .query(
                        "INSERT INTO topic_rule_sets (tenant, project, revision, version) VALUES ($1, $2, 0, 0)"
                                + " ON CONFLICT DO NOTHING",
                        Tuple.of(tenant.value(), project.value()))
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(
                        failure instanceof PgException refusal && FOREIGN_KEY_VIOLATION.equals(refusal.getSqlState())
                                ? new PlatformException(new ConflictError.ResourceNotFound("project"), failure)
                                : failure));
    }

    private static Changes changes(RowSet<Row> rows, long version) {
        Map<Long, RuleSet> sets = new LinkedHashMap<>();
        Map<Long, List<StoredRule>> rules = new LinkedHashMap<>();
        long current = 0;
        long last = version;
        for (Row row : rows) {
            current = row.getLong("current");
            Long key = row.getLong("set_version");
            if (key == null) {
                continue;
            }
            last = key;
            List<StoredRule> ofSet = rules.computeIfAbsent(key, any -> new ArrayList<>());
            RuleRows.rule(row).ifPresent(ofSet::add);
            sets.put(
                    key,
                    new RuleSet(
                            new TenantId(row.getString("tenant")),
                            new ProjectId(row.getString("project")),
                            row.getLong("revision"),
                            List.of()));
        }
        List<RuleSet> changed = new ArrayList<>();
        sets.forEach((key, set) -> changed.add(
                new RuleSet(set.tenant(), set.project(), set.revision(), rules.getOrDefault(key, List.of()))));
        boolean more = changed.size() == PAGE;
        return new Changes(changed, more ? last : current, current < version, more);
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
    }

    /** As precise as PostgreSQL keeps it. */
    private OffsetDateTime now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
