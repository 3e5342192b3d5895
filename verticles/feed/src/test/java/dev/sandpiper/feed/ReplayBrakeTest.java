package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReplayBrakeTest {
    private static final int HIGHEST = 100_000;
    private static final int LEAST = HIGHEST / 50;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void slowsDownWhileOneLoopIsLateAndRecovers() {
        var brake = new ReplayBrake(vertx, HIGHEST);
        brake.check(System.nanoTime());
        assertThat(brake.rate()).isEqualTo(HIGHEST);

        CountDownLatch busy = new CountDownLatch(1);
        EventExecutor loop = ((VertxInternal) vertx).nettyEventLoopGroup().next();
        loop.execute(() -> await(busy));
        Eventually.await("replays are held back", () -> checked(brake) == LEAST);

        busy.countDown();
        Eventually.await("replays go on", () -> checked(brake) == HIGHEST);
    }

    private static double checked(ReplayBrake brake) {
        brake.check(System.nanoTime());
        return brake.rate();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
