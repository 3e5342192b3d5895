package dev.sandpiper.killswitch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.killswitch.KillswitchConfig.Unverified;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KillSwitchTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId OTHER = new TenantId("other");
    private static final AuditOrigin TEST = AuditOrigin.system("test");

    private final Vertx vertx = Vertx.vertx();
    private final MemorySuspensions store = new MemorySuspensions();

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @Test
    void aSuspensionIsAcknowledgedWhenEveryNodeHasCutTheTenantOff() throws Exception {
        KillSwitch here = node("here", Unverified.SERVE);
        KillSwitch there = node("there", Unverified.SERVE);
        Promise<Void> sockets = Promise.promise();
        List<TenantId> cut = new CopyOnWriteArrayList<>();
        there.onSuspended(tenant -> {
            cut.add(tenant);
            return sockets.future();
        });

        Future<?> suspended = here.suspend(ACME, "unpaid", TEST);

        Eventually.await("the other node cuts it off", () -> cut.equals(List.of(ACME)));
        assertThat(code(there.refusal(ACME))).isEqualTo("TENANT_SUSPENDED");
        assertThat(there.refusal(OTHER)).isNull();
        assertThat(suspended.isComplete()).isFalse();
        sockets.complete();
        await(suspended);
        assertThat(code(here.refusal(ACME))).isEqualTo("TENANT_SUSPENDED");

        await(here.resume(ACME, null, TEST));
        assertThat(here.refusal(ACME)).isNull();
        assertThat(there.refusal(ACME)).isNull();
        assertThat(cut).hasSize(1);
    }

    @Test
    void aNodeThatMissedTheWordFindsOutByItself() throws Exception {
        KillSwitch node = node("here", Unverified.SERVE);

        store.quietly(ACME, true);
        Eventually.await("it is suspended", () -> node.refusal(ACME) != null);

        store.quietly(ACME, false);
        Eventually.await("it is served again", () -> node.refusal(ACME) == null);
    }

    @Test
    void aNodeThatSaysNothingIsWaitedForUntilItsLeaseIsOver() throws Exception {
        KillSwitch node = node("here", Unverified.SERVE);
        store.falls("frozen");

        await(node.suspend(ACME, "unpaid", TEST));

        assertThat(node.refusal(ACME)).isNotNull();
    }

    @Test
    void whoCannotKnowServesOrRefusesAsItWasTold() throws Exception {
        KillSwitch open = node("open", Unverified.SERVE);
        KillSwitch closed = node("closed", Unverified.REFUSE);
        assertThat(closed.refusal(ACME)).isNull();

        store.away(true);

        Eventually.await("the one refuses", () -> closed.refusal(ACME) != null);
        assertThat(code(closed.refusal(ACME))).isEqualTo("NODE_UNAVAILABLE");
        assertThat(open.refusal(ACME)).isNull();

        store.away(false);
        Eventually.await("it serves again", () -> closed.refusal(ACME) == null);
    }

    private KillSwitch node(String name, Unverified unverified) throws Exception {
        var config = new KillswitchConfig(Duration.ofMillis(100), Duration.ofMillis(1_500), unverified);
        var node = new KillSwitch(vertx, name, store, config, new SimpleMeterRegistry());
        await(node.start());
        return node;
    }

    private static String code(@Nullable PlatformError error) {
        return error == null ? "" : error.code();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(10, TimeUnit.SECONDS);
    }
}
