package dev.sandpiper.schedules;

import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Timer;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes scheduled events while this node is the one that does; otherwise tries to become it. Deploy one per node, on a virtual
 * thread: one step at a time, each awaited.
 */
final class SchedulesVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SchedulesVerticle.class);
    private static final long FORGET_NANOS = Duration.ofMinutes(1).toNanos();

    private final ScheduleStore store;
    private final Deliveries deliveries;
    private final SchedulesConfig config;
    private final Promise<Void> ended = Promise.promise();
    private volatile @Nullable DueSchedules due;
    private volatile boolean stopping;
    private @Nullable Timer resting;
    private long forgottenAt = System.nanoTime();

    SchedulesVerticle(ScheduleStore store, Deliveries deliveries, SchedulesConfig config) {
        this.store = store;
        this.deliveries = deliveries;
        this.config = config;
    }

    boolean isOwner() {
        DueSchedules mine = due;
        return mine != null && !mine.isLost();
    }

    @Override
    public Future<?> start() {
        context.runOnContext(v -> run());
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        Timer timer = resting;
        if (timer != null) {
            timer.cancel();
        }
        return ended.future();
    }

    private void run() {
        while (!stopping) {
            Duration pause = step();
            if (!stopping && pause.isPositive()) {
                rest(pause);
            }
        }
        DueSchedules mine = due;
        if (mine != null) {
            Future.await(mine.release());
        }
        ended.complete();
    }

    private void rest(Duration pause) {
        Timer timer = vertx.timer(pause.toMillis(), TimeUnit.MILLISECONDS);
        resting = timer;
        try {
            Future.await(timer);
        } catch (CancellationException e) {
            log.atDebug().log("It is time to stop");
        }
        resting = null;
    }

    /** Returns how long to rest. */
    private Duration step() {
        try {
            DueSchedules mine = due;
            if (mine == null || mine.isLost()) {
                mine = Future.await(store.own());
                due = mine;
                if (mine == null) {
                    return config.takeOverInterval();
                }
                log.atInfo().log("This node publishes scheduled events from now on");
            }
            if (System.nanoTime() - forgottenAt > FORGET_NANOS) {
                Future.await(mine.forget());
                forgottenAt = System.nanoTime();
            }
            return deliveries.deliver(mine) > 0 ? Duration.ZERO : config.pollInterval();
        } catch (PlatformException e) {
            // PostgreSQL is away, and says so itself.
            return config.takeOverInterval();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("Scheduled events could not be published");
            return config.takeOverInterval();
        }
    }
}
