package dev.sandpiper.runtime.lifecycle;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a node stage by stage. The steps of one stage run side by side, and the next stage begins when all of them are done
 * or the stage's time is up: a step that fails or hangs is logged and cannot keep the others from ending in order.
 */
public final class Shutdown {
    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private final Map<ShutdownStage, List<Step>> steps = new EnumMap<>(ShutdownStage.class);
    private final Function<ShutdownStage, Duration> limits;
    private final AtomicReference<@Nullable Future<Void>> running = new AtomicReference<>();

    public Shutdown() {
        this(ShutdownStage::limit);
    }

    Shutdown(Function<ShutdownStage, Duration> limits) {
        this.limits = limits;
        for (ShutdownStage stage : ShutdownStage.values()) {
            steps.put(stage, new CopyOnWriteArrayList<>());
        }
    }

    /** Adds a step; must not be called once the shutdown has begun. */
    public void add(ShutdownStage stage, String name, Supplier<Future<?>> action) {
        steps.getOrDefault(stage, List.of()).add(new Step(name, action));
    }

    /** Runs every stage, once, however often it is called. Succeeds when the last one is over. */
    public Future<Void> run() {
        Promise<Void> promise = Promise.promise();
        Future<Void> other = running.compareAndExchange(null, promise.future());
        if (other != null) {
            return other;
        }
        Future<Void> all = Future.succeededFuture();
        for (ShutdownStage stage : ShutdownStage.values()) {
            all = all.compose(previous -> run(stage));
        }
        all.onComplete(promise);
        return promise.future();
    }

    private Future<Void> run(ShutdownStage stage) {
        List<Step> todo = steps.getOrDefault(stage, List.of());
        if (todo.isEmpty()) {
            return Future.succeededFuture();
        }
        long begun = System.nanoTime();
        Duration limit = limits.apply(stage);
        List<Future<Void>> started =
                todo.stream().map(step -> run(stage, step, limit)).toList();
        return Future.join(started)
                .<Void>mapEmpty()
                .onSuccess(done -> log.atInfo()
                        .addKeyValue("stage", stage.title())
                        .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
                        .log("Shutdown stage done"));
    }

    private static Future<Void> run(ShutdownStage stage, Step step, Duration limit) {
        Future<?> result;
        try {
            result = step.action().get();
        } catch (RuntimeException e) {
            result = Future.failedFuture(e);
        }
        return result.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .recover(failure -> {
                    log.atWarn()
                            .addKeyValue("stage", stage.title())
                            .addKeyValue("step", step.name())
                            .setCause(failure)
                            .log("A step of the shutdown did not succeed; going on");
                    return Future.succeededFuture();
                });
    }

    private record Step(String name, Supplier<Future<?>> action) {}
}
