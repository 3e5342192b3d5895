package dev.sandpiper.audit;

import static dev.sandpiper.audit.TrailWorld.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.audit.TrailWork.Range;
import dev.sandpiper.audit.postgres.PostgresJournal;
import dev.sandpiper.audit.postgres.PostgresTrail;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import io.nats.client.JetStreamApiException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrailTest {
    private final TrailWorld world = new TrailWorld();
    private final String chain = world.chain();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void an_entry_is_there_exactly_when_its_change_is() {
        world.sql("CREATE TABLE things (name text PRIMARY KEY)");
        world.sql("GRANT ALL ON things TO sandpiper_node");
        AuditEntry entry = TrailWorld.entry(chain, "lamp", new JsonObject());
        String change = "INSERT INTO things VALUES ('lamp')";

        assertThatThrownBy(() -> await(world.database
                        .forTenant(new TenantId(chain))
                        .transaction(transaction -> transaction
                                .query(change)
                                .execute()
                                .compose(done -> world.trail.append(transaction, entry))
                                .compose(done ->
                                        Future.failedFuture(new IllegalStateException("thought better of it"))))))
                .hasMessageContaining("thought better of it");
        assertThat(world.seq(chain)).isZero();

        await(world.database
                .forTenant(new TenantId(chain))
                .transaction(transaction ->
                        transaction.query(change).execute().compose(done -> world.trail.append(transaction, entry))));
        assertThat(world.seq(chain)).isEqualTo(1);

        // The change cannot be made twice, so the second entry does not stay either.
        assertThatThrownBy(() -> await(world.database
                        .forTenant(new TenantId(chain))
                        .transaction(transaction -> world.trail
                                .append(transaction, entry)
                                .compose(done -> transaction.query(change).execute()))))
                .isInstanceOf(Exception.class);
        assertThat(world.seq(chain)).isEqualTo(1);
    }

    @Test
    void changes_of_one_tenant_at_the_same_time_make_one_chain_and_those_of_others_another() {
        String other = world.chain();
        var journal = new PostgresJournal(world.database, world.trail);
        List<Future<Void>> changes = IntStream.range(0, 200)
                .mapToObj(
                        i -> journal.write(TrailWorld.entry(i % 2 == 0 ? chain : other, "thing" + i, new JsonObject())))
                .toList();
        await(Future.all(changes));

        assertThat(world.verify(chain).findings()).isEmpty();
        assertThat(world.verify(chain).last()).isEqualTo(100);
        assertThat(world.verify(other).findings()).isEmpty();
    }

    @Test
    void what_concerns_the_whole_platform_is_told_by_both_chains() {
        var target = AuditTarget.of(new TenantId(chain), "tenant", chain);
        world.append(AuditEntry.created(AuditOrigin.system("test"), target, new JsonObject())
                .onPlatform());

        assertThat(world.seq(chain)).isEqualTo(1);
        assertThat(world.seq(Chain.INSTALLATION)).isEqualTo(1);
        assertThat(world.verify(Chain.INSTALLATION).findings()).isEmpty();
    }

    @Test
    void secrets_do_not_get_into_an_entry() {
        var after = new JsonObject()
                .put("name", "ci")
                .put("key", "sp_live_0123456789abcdef_rest0123456789")
                .put("hmac", new JsonArray().add(1))
                .put("jwt", new JsonObject().put("clientSecret", "tell nobody").put("issuer", "https://id.example"))
                .put("url", "postgres://admin:hunter2@db/x")
                .put("note", "was sp_live_0123456789abcdef_rest0123456789 before")
                .put("max_bytes", Long.MAX_VALUE);
        world.append(TrailWorld.entry(chain, "ci", after));

        ChainEntry entry = world.entries(chain).getFirst();
        assertThat(entry.details())
                .contains("https://id.example", "\"name\":\"ci\"", "\"9223372036854775807\"")
                .doesNotContain("tell nobody", "hunter2", "rest0123456789");
    }

    @Test
    void an_endless_value_is_told_by_its_hash() {
        world.append(TrailWorld.entry(chain, "book", new JsonObject().put("text", "x".repeat(200_000))));

        ChainEntry entry = world.entries(chain).getFirst();
        assertThat(entry.details()).hasSizeLessThan(1_000).contains("\"omitted_bytes\":200011", "sha256");
        assertThat(world.verify(chain).findings()).isEmpty();
    }

    @Test
    void the_database_refuses_to_change_entries_until_its_owner_takes_the_guard_away() {
        world.append(chain, 2);
        world.sql("ALTER TABLE audit_entries ENABLE TRIGGER USER");

        for (String statement : List.of(
                "UPDATE audit_entries SET action = 'thing.deleted'",
                "UPDATE audit_entries SET details = NULL",
                "DELETE FROM audit_entries",
                "TRUNCATE audit_entries")) {
            assertThatThrownBy(() -> world.sql(statement))
                    .hasRootCauseInstanceOf(SQLException.class)
                    .rootCause()
                    .hasMessageContaining("stay as they are");
        }
    }

    @Test
    void a_node_cannot_write_the_trail_but_by_appending_to_that_of_its_tenant() {
        world.append(chain, 2);
        var access = world.database.forTenant(new TenantId(chain));

        for (String statement : List.of(
                "UPDATE audit_entries SET details = NULL",
                "DELETE FROM audit_entries",
                "UPDATE audit_chains SET seq = 0",
                "INSERT INTO audit_chains (tenant, seq, hash, changed_at) VALUES ('x', 0, sha256(''), now())")) {
            assertThatThrownBy(() -> await(access.query(statement))).hasMessageContaining("permission denied");
        }
        AuditEntry foreign = TrailWorld.entry(world.chain(), "lamp", new JsonObject());
        assertThatThrownBy(() -> await(access.transaction(t -> world.trail.append(t, foreign))))
                .hasMessageContaining("does not work for the tenant");
        assertThat(await(world.database.forTenant(new TenantId("nobody")).query("SELECT FROM audit_entries"))
                        .size())
                .isZero();
    }

    @Test
    void erased_details_are_gone_and_the_chain_stays_what_was_written() throws IOException {
        world.append(chain, 5);
        world.append(AuditEntry.deleted(
                AuditOrigin.system("janitor"), AuditTarget.of(new TenantId(chain), "thing", "old"), null));
        world.notary.checkpoint(chain);
        world.sql("ALTER TABLE audit_entries ENABLE TRIGGER USER");

        List<Range> ranges = await(world.store.erasable(chain, "key:ops", null, 100));
        assertThat(ranges).containsExactly(new Range(1, 5));
        await(world.store.erase(
                TrailWork.erased(world.signer, chain, AuditOrigin.system("test"), "asked for", ranges), ranges));

        List<ChainEntry> entries = world.entries(chain);
        assertThat(entries.subList(0, 5)).allMatch(e -> e.details() == null && e.salt() == null);
        assertThat(entries.get(5).details()).contains("janitor");
        assertThat(entries).noneMatch(e -> e.envelope().contains("203.0.113.7"));
        Verdict verdict = world.verify(chain);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.erased()).isEqualTo(5);
        assertThat(world.notary.checkpoint(chain)).isTrue();
        assertThat(offline(Exports.of(world, chain)).findings()).isEmpty();
        assertThat(await(world.store.erasable(chain, "key:ops", null, 100))).isEmpty();
    }

    @Test
    void old_entries_go_when_they_are_sealed_and_the_rest_stays_verifiable() throws IOException {
        world.append(chain, 4);
        world.now = world.now.plus(Duration.ofDays(40));
        world.append(chain, 3);
        world.notary.checkpoint(chain);
        world.sql("ALTER TABLE audit_entries ENABLE TRIGGER USER");

        world.notary.verifyAll();

        assertThat(world.entries(chain)).extracting(ChainEntry::seq).containsExactly(5L, 6L, 7L, 8L);
        Verdict verdict = world.verify(chain);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.first()).isEqualTo(5);
        assertThat(world.notary.checkpoint(chain)).isTrue();
        assertThat(offline(Exports.of(world, chain)).findings()).isEmpty();

        world.sql("ALTER TABLE audit_entries DISABLE TRIGGER USER");
        world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq = 5", chain);
        assertThat(world.verify(chain).findings().getFirst().seq()).isEqualTo(5);
    }

    @Test
    void entries_that_no_checkpoint_vouches_for_are_not_sealed() {
        world.append(chain, 4);
        world.now = world.now.plus(Duration.ofDays(40));

        world.notary.verifyAll();

        assertThat(world.entries(chain)).hasSize(4);
    }

    @Test
    void checkpoints_cannot_be_deleted_and_a_stream_that_was_made_anew_is_noticed() throws Exception {
        world.append(chain, 3);
        world.notary.checkpoint(chain);
        String stream = world.nats.subjects().stream("AUDIT_CHECKPOINTS");
        var management = world.nats.connection().jetStreamManagement();

        assertThatThrownBy(() -> management.deleteMessage(stream, 1)).isInstanceOf(JetStreamApiException.class);
        assertThatThrownBy(() -> management.purgeStream(stream)).isInstanceOf(JetStreamApiException.class);

        management.deleteStream(stream);
        await(world.stream.ensure());
        assertThat(world.verify(chain).findings()).extracting(Finding::kind).containsOnly(Finding.Kind.CHECKPOINT);
        assertThat(world.notary.checkpoint(chain)).isFalse();
    }

    @Test
    void after_the_key_was_changed_older_entries_are_believed_when_the_former_key_is_named() {
        world.append(chain, 3);
        world.notary.checkpoint(chain);
        SigningKey next = SigningKey.of(Canonical.sha256("the next key"));
        await(new PostgresJournal(world.database, new PostgresTrail(new EntrySigner(next, Clock.systemUTC())))
                .write(TrailWorld.entry(chain, "lamp", new JsonObject())));

        assertThat(world.notary(Keys.of(next, List.of(TrailWorld.KEY.verifying())))
                        .verify(chain)
                        .findings())
                .isEmpty();
        assertThat(world.notary(Keys.of(next, List.of()))
                        .verify(chain)
                        .findings()
                        .getFirst()
                        .message())
                .contains("a key that is not known here");
    }

    @Test
    void a_database_that_claims_to_be_vouched_for_is_not_believed() {
        world.append(chain, 3);
        world.sql("UPDATE audit_chains SET checked_seq = 3 WHERE tenant = ?", chain);

        assertThat(world.verify(chain).findings()).extracting(Finding::kind).containsExactly(Finding.Kind.CHECKPOINT);
    }

    @Test
    void a_checkpoint_of_somebody_else_is_noticed() {
        world.append(chain, 3);
        world.notary.checkpoint(chain);
        Checkpoint newest = await(world.stream.newest(chain));
        Objects.requireNonNull(newest);
        var forged = Checkpoint.sign(
                SigningKey.of(Canonical.sha256("another key")), chain, 2, 3, "00", Instant.now(), newest.digest());
        assertThat(await(world.stream.add(forged))).isTrue();

        assertThat(world.verify(chain).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("checkpoint 2 was not signed"));
    }

    @Test
    void of_two_checkpoints_with_one_number_the_stream_takes_the_first() {
        var one = Checkpoint.sign(TrailWorld.KEY, chain, 1, 3, "00", Instant.now(), "");
        var other = Checkpoint.sign(TrailWorld.KEY, chain, 1, 4, "11", Instant.now(), "");

        assertThat(await(world.stream.add(one))).isTrue();
        assertThat(await(world.stream.add(other))).isFalse();
        assertThat(await(world.stream.find(chain, 1))).isEqualTo(one);
    }

    @Test
    void an_export_that_was_changed_on_its_way_is_noticed_and_its_first_bad_entry_named() throws IOException {
        world.append(chain, 6);
        world.notary.checkpoint(chain);
        List<String> lines = Exports.of(world, chain).lines().toList();
        int first = 2;

        assertThat(offline(String.join("\n", lines)).findings()).isEmpty();
        assertThat(firstBad(lines, first + 3, lines.get(first + 3).replace("thing4", "thing5")))
                .isEqualTo(4);
        assertThat(firstBad(lines, first + 3, "")).isEqualTo(4);
        assertThat(firstBad(lines, first + 3, lines.get(first + 4) + "\n" + lines.get(first + 3)))
                .isEqualTo(4);
        assertThat(firstBad(lines, first + 3, lines.get(first + 3).substring(0, 80)))
                .isEqualTo(4);
        assertThat(offline(String.join("\n", lines.subList(0, first + 3)))
                        .findings()
                        .getFirst()
                        .seq())
                .isEqualTo(4);
        assertThatThrownBy(() -> offline("{\"type\":\"entry\"}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> offline("")).isInstanceOf(IllegalArgumentException.class);
    }

    private static long firstBad(List<String> lines, int at, String instead) throws IOException {
        List<String> changed = new ArrayList<>(lines);
        changed.set(at, instead);
        return offline(String.join("\n", changed)).findings().getFirst().seq();
    }

    private static Verdict offline(String export) throws IOException {
        return new ExportVerifier(List.of(TrailWorld.KEY.verifying()))
                .verify(new BufferedReader(new StringReader(export)));
    }
}
