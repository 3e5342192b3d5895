package dev.sandpiper.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private final Shutdown shutdown = new Shutdown(stage -> Duration.ofMillis(200));

    @Test
    void stagesRunInOrderHoweverTheirStepsWereAdded() throws Exception {
        for (ShutdownStage stage : List.of(ShutdownStage.values()).reversed()) {
            shutdown.add(stage, stage.name(), () -> note(stage.name()));
        }

        shutdown.run().await(5, TimeUnit.SECONDS);

        assertThat(done).containsExactly("UNREADY", "REFUSE", "NOTIFY", "DRAIN", "DISCONNECT", "CLOSE", "LEAVE");
    }

    @Test
    void aStageWaitsForTheOneBefore() throws Exception {
        Promise<Void> drained = Promise.promise();
        shutdown.add(ShutdownStage.DRAIN, "slow", drained::future);
        shutdown.add(ShutdownStage.CLOSE, "stores", () -> note("closed"));

        Future<Void> all = shutdown.run();
        assertThat(done).isEmpty();
        drained.complete();
        all.await(5, TimeUnit.SECONDS);

        assertThat(done).containsExactly("closed");
    }

    @Test
    void aStepThatFailsThrowsOrHangsHoldsUpNothing() throws Exception {
        shutdown.add(ShutdownStage.REFUSE, "failing", () -> Future.failedFuture("cannot"));
        shutdown.add(ShutdownStage.NOTIFY, "throwing", () -> {
            throw new IllegalStateException("broken");
        });
        shutdown.add(ShutdownStage.DRAIN, "hanging", () -> Promise.promise().future());
        shutdown.add(ShutdownStage.LEAVE, "last", () -> note("left"));

        shutdown.run().await(5, TimeUnit.SECONDS);

        assertThat(done).containsExactly("left");
    }

    @Test
    void aSecondCallWaitsForTheFirst() throws Exception {
        Promise<Void> drained = Promise.promise();
        shutdown.add(ShutdownStage.DRAIN, "slow", () -> {
            done.add("drain");
            return drained.future();
        });

        shutdown.run();
        Future<Void> second = shutdown.run();
        assertThat(second.isComplete()).isFalse();
        drained.complete();
        second.await(5, TimeUnit.SECONDS);

        assertThat(done).containsExactly("drain");
    }

    private Future<?> note(String what) {
        done.add(what);
        return Future.succeededFuture();
    }
}
