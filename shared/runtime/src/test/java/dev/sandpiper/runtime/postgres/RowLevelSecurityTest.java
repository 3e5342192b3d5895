package dev.sandpiper.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps tenants apart, whatever a statement forgets. */
class RowLevelSecurityTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId RIVAL = new TenantId("rival");
    private static final String PROJECTS = "SELECT tenant || '/' || id AS text FROM projects ORDER BY 1";

    private final Vertx vertx = Vertx.vertx();
    private final TestDatabase fresh = PostgresFixture.shared().createDatabase();
    private final Database database = open();

    @BeforeEach
    void fill() {
        for (String tenant : List.of("acme", "rival")) {
            TestDatabase.asOwner(
                    fresh.url(),
                    "INSERT INTO tenants (id, name, created_at) VALUES ('" + tenant + "', 'T', now())",
                    "INSERT INTO projects (tenant, id, name, created_at) VALUES ('" + tenant + "', 'web', 'W', now())");
        }
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    @Test
    void everyTableWithATenantHasAPolicyThatAsksForIt() throws Exception {
        List<String> open = texts(database.query("SELECT c.relname AS text FROM pg_class c"
                + " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
                + " AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid"
                + " AND a.attname IN ('tenant', 'tenant_id') AND NOT a.attisdropped))"
                + " AND NOT (c.relrowsecurity"
                + " AND EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = c.relname)"
                + " AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = c.relname"
                + " AND (p.qual IS NULL OR p.qual NOT LIKE '%sandpiper.tenant%')))"));

        assertThat(open)
                .as("tables whose changelog does not say SELECT isolate_tenants('…')")
                .isEmpty();
        assertThat(texts(database.query("SELECT relname::text AS text FROM pg_class WHERE relrowsecurity")))
                .contains("tenants", "projects", "api_keys", "tickets", "consumers", "scheduled_events");
    }

    @Test
    void aNodeIsNeitherTheOwnerNorExempt() throws Exception {
        Row row = await(database.query("SELECT current_user::text AS me, (SELECT tableowner::text FROM pg_tables"
                        + " WHERE tablename = 'api_keys') AS owner, r.rolsuper OR r.rolbypassrls AS exempt"
                        + " FROM pg_roles r WHERE r.rolname = current_user"))
                .iterator()
                .next();

        assertThat(row.getString("me")).isEqualTo("sandpiper_node").isNotEqualTo(row.getString("owner"));
        assertThat(row.getBoolean("exempt")).isFalse();
        assertThatThrownBy(() -> await(database.query("ALTER TABLE projects DISABLE ROW LEVEL SECURITY")))
                .isInstanceOfSatisfying(
                        PgException.class, e -> assertThat(e.getSqlState()).isEqualTo("42501"));
    }

    @Test
    void aStatementThatForgetsItsTenantFindsNothing() throws Exception {
        assertThat(texts(database.query(PROJECTS))).isEmpty();
        assertThat(await(database.query("UPDATE projects SET name = 'Mine'")).rowCount())
                .isZero();
        assertThat(texts(database.forTenant(ACME).query(PROJECTS))).containsExactly("acme/web");
        assertThat(texts(database.forTenant(RIVAL).query(PROJECTS))).containsExactly("rival/web");
        assertThat(texts(database.platform().query(PROJECTS))).containsExactly("acme/web", "rival/web");
    }

    @Test
    void nothingOfATenantIsLeftOnTheConnection() throws Exception {
        List<Future<RowSet<Row>>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) { // over one connection
            answers.add(database.forTenant(ACME).query(PROJECTS));
            answers.add(database.query(PROJECTS));
            answers.add(database.platform().query(PROJECTS));
            answers.add(database.forTenant(RIVAL).query("SELECT nonsense"));
            answers.add(database.query(PROJECTS));
        }

        for (int i = 0; i < answers.size(); i += 5) {
            assertThat(texts(answers.get(i))).containsExactly("acme/web");
            assertThat(texts(answers.get(i + 1))).isEmpty();
            assertThat(texts(answers.get(i + 2))).hasSize(2);
            assertThatThrownBy(() -> await(answers.get(3))).isInstanceOf(PgException.class);
            assertThat(texts(answers.get(i + 4))).isEmpty();
        }
    }

    @Test
    void aTenantCannotWriteForAnother() {
        String insert = "INSERT INTO projects (tenant, id, name, created_at) VALUES ($1, 'new', 'N', now())";

        assertThatThrownBy(() -> await(database.forTenant(ACME).query(insert, Tuple.of("rival"))))
                .isInstanceOfSatisfying(
                        PgException.class, e -> assertThat(e.getSqlState()).isEqualTo("42501"));
        assertThatThrownBy(() -> await(database.query(insert, Tuple.of("acme"))))
                .isInstanceOf(PgException.class);
    }

    @Test
    void aTransactionIsDoneAsAWholeOrNotAtAll() throws Exception {
        DatabaseAccess acme = database.forTenant(ACME);
        String rename = "UPDATE projects SET name = $1";

        assertThatThrownBy(() -> await(acme.transaction(transaction -> transaction
                        .preparedQuery(rename)
                        .execute(Tuple.of("Half"))
                        .compose(done -> Future.failedFuture(new IllegalStateException("half-way"))))))
                .hasMessage("half-way");
        assertThat(names()).containsExactly("W", "W");

        await(acme.transaction(transaction -> transaction
                .preparedQuery(rename)
                .execute(Tuple.of("One"))
                .compose(done -> transaction.preparedQuery(rename).execute(Tuple.of("Two")))));
        assertThat(names()).containsExactly("Two", "W");
    }

    private List<String> names() throws Exception {
        return texts(database.platform().query("SELECT name AS text FROM projects ORDER BY tenant"));
    }

    private Database open() {
        var settings = new Settings(Map.of(
                "SANDPIPER_DATABASE_URL", fresh.url(),
                "SANDPIPER_DATABASE_POOL_SIZE", "1",
                "SANDPIPER_DATABASE_QUERY_TIMEOUT", "10s")::get);
        return Database.open(vertx, PostgresConfig.from(settings), new SimpleMeterRegistry());
    }

    private static List<String> texts(Future<RowSet<Row>> answer) throws Exception {
        List<String> texts = new ArrayList<>();
        await(answer).forEach(row -> texts.add(row.getString("text")));
        return texts;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(10, TimeUnit.SECONDS);
    }
}
