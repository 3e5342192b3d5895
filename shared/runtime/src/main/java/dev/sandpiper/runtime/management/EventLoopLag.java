package dev.sandpiper.runtime.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How much later than due the event loops run a task: the first thing to look at when a node is slow. */
final class EventLoopLag {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final EventExecutor loop;
    private final Timer timer;
    private long dueAt;

    private EventLoopLag(EventExecutor loop, Timer timer) {
        this.loop = loop;
        this.timer = timer;
    }

    static void watch(Vertx vertx, MeterRegistry registry) {
        Timer timer = Timer.builder("sandpiper.eventloop.lag")
                .description("How much later than due an event loop runs a task")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500))
                .register(registry);
        for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            loop.execute(new EventLoopLag(loop, timer)::schedule);
        }
    }

    private void schedule() {
        if (!loop.isShuttingDown()) {
            dueAt = System.nanoTime() + INTERVAL_NANOS;
            loop.schedule(this::measure, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void measure() {
        timer.record(Math.max(0, System.nanoTime() - dueAt), TimeUnit.NANOSECONDS);
        schedule();
    }
}
