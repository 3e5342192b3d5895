package dev.sandpiper.runtime.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Whether the event loops turn, and how much later than due they run a task: the first thing to look at when a node is slow. */
final class EventLoops {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final List<Loop> loops;

    private EventLoops(List<Loop> loops) {
        this.loops = List.copyOf(loops);
    }

    static EventLoops watch(Vertx vertx, MeterRegistry registry) {
        Timer lag = Timer.builder("sandpiper.eventloop.lag")
                .description("How much later than due an event loop runs a task")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500))
                .register(registry);
        List<Loop> loops = new ArrayList<>();
        for (EventExecutor executor : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            var loop = new Loop(executor, lag);
            executor.execute(loop::schedule);
            loops.add(loop);
        }
        return new EventLoops(loops);
    }

    /** False when one of them has not run a due task for five seconds: only a restart helps. */
    boolean turn() {
        long now = System.nanoTime();
        return loops.stream().allMatch(loop -> now - loop.dueAt < STUCK_NANOS);
    }

    private static final class Loop {
        private final EventExecutor executor;
        private final Timer lag;
        private volatile long dueAt = System.nanoTime();

        Loop(EventExecutor executor, Timer lag) {
            this.executor = executor;
            this.lag = lag;
        }

        void schedule() {
            if (!executor.isShuttingDown()) {
                dueAt = System.nanoTime() + INTERVAL_NANOS;
                executor.schedule(this::measure, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
            }
        }

        private void measure() {
            lag.record(Math.max(0, System.nanoTime() - dueAt), TimeUnit.NANOSECONDS);
            schedule();
        }
    }
}
