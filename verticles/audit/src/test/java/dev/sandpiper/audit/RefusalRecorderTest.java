package dev.sandpiper.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditActor;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.Refusals.Refusal;
import dev.sandpiper.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefusalRecorderTest {
    private static final Principal ACME =
            new Principal(new TenantId("acme"), new ProjectId("web"), new KeyId("0123456789abcdef"), Set.of());

    private final Vertx vertx = Vertx.vertx();
    private final List<AuditEntry> written = new CopyOnWriteArrayList<>();
    private volatile boolean away;
    private final RefusalRecorder recorder = new RefusalRecorder(
            vertx,
            entry -> {
                if (away) {
                    return Future.failedFuture("PostgreSQL is away");
                }
                written.add(entry);
                return Future.succeededFuture();
            },
            new AuditMetrics(new SimpleMeterRegistry()),
            new AuditConfig(null, List.of(), Duration.ofSeconds(5), 100, Duration.ofHours(6), null, 20),
            Clock.systemUTC());

    @AfterEach
    void close() {
        TrailWorld.await(recorder.close());
        TrailWorld.await(vertx.close());
    }

    @Test
    void a_refused_request_is_an_entry_of_the_tenant_within_seconds() {
        recorder.refused(refusal(ACME, "INSUFFICIENT_SCOPE", 1));

        Eventually.await("the entry", Duration.ofSeconds(20), () -> !written.isEmpty());
        AuditEntry entry = written.getFirst();
        assertThat(entry.action()).isEqualTo("access.refused");
        assertThat(entry.target().tenant()).isEqualTo(ACME.tenant());
        assertThat(entry.origin().actor()).isEqualTo(AuditActor.of(ACME));
        assertThat(entry.origin().address()).isEqualTo("198.51.100.1");
        assertThat(after(entry).getString("route")).isEqualTo("DELETE /v1/admin/keys/:id");
    }

    @Test
    void a_flood_of_bad_credentials_is_one_entry_of_the_installation_with_a_count() {
        for (int i = 0; i < 10_000; i++) {
            recorder.refused(refusal(null, "INVALID_API_KEY", i));
        }
        TrailWorld.await(recorder.close());

        assertThat(written).hasSizeLessThan(5);
        assertThat(written).allMatch(entry -> entry.target().tenant() == null);
        assertThat(written.stream()
                        .mapToLong(entry -> after(entry).getLong("count"))
                        .sum())
                .isEqualTo(10_000);
        assertThat(after(written.getFirst()).getJsonArray("addresses")).hasSize(8);
        assertThat(after(written.getFirst()).getBoolean("more_addresses")).isTrue();
    }

    @Test
    void memory_is_bounded_whatever_strangers_think_of() {
        for (int i = 0; i < 5_000; i++) {
            recorder.refused(new Refusal(null, "CODE_" + i, "GET /v1/x", "req", "198.51.100.1"));
        }
        TrailWorld.await(recorder.close());

        assertThat(written).hasSizeLessThanOrEqualTo(RefusalRecorder.MOST_KINDS + 50);
        assertThat(written.stream()
                        .mapToLong(entry -> after(entry).getLong("count"))
                        .sum())
                .isEqualTo(5_000);
        assertThat(written).anyMatch(entry -> after(entry).getString("code").equals("OTHERS"));
    }

    @Test
    void what_cannot_be_written_is_written_later_with_its_count() {
        away = true;
        for (int i = 0; i < 7; i++) {
            recorder.refused(refusal(ACME, "INSUFFICIENT_SCOPE", i));
        }
        Eventually.await("a try", Duration.ofSeconds(20), () -> recorder.failing());
        away = false;

        TrailWorld.await(recorder.close());
        assertThat(written.stream()
                        .mapToLong(entry -> after(entry).getLong("count"))
                        .sum())
                .isEqualTo(7);
    }

    private static JsonObject after(AuditEntry entry) {
        return Objects.requireNonNull(entry.after());
    }

    private static Refusal refusal(@Nullable Principal who, String code, int i) {
        return new Refusal(who, code, "DELETE /v1/admin/keys/:id", "req_" + i, "198.51.100." + i % 250);
    }
}
