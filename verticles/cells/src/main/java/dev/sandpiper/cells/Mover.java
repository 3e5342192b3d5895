package dev.sandpiper.cells;

import dev.sandpiper.cells.nats.Passage;
import dev.sandpiper.cells.nats.TenantCopy;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.nats.EventStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves tenants from one stream to another, on the one node of the cluster that owns this work; the others try to become it while there is
 * any. What was done stands in PostgreSQL and in the target stream, so that whoever takes over goes on where another was.
 *
 * <p>While the tenant publishes, its events are copied, until few are missing. Then a fence is put up: every node holds the tenant's publishes back, waits for
 * those that are under way, and says so. The rest is copied, the tenant's place changes, and the publishes go on there. What a node that did not know stored in the
 * source after that follows. Then the source's copies go.
 */
public final class Mover {
    private static final Logger log = LoggerFactory.getLogger(Mover.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration CONFIRMATION = Duration.ofSeconds(4);
    private static final Duration CONFIRMATION_POLL = Duration.ofMillis(20);
    private static final long WAIT_SECONDS = 30;
    /** Events that may be left to be copied behind the fence. */
    private static final int FEW = 500;
    /** After so long twice as many may be left, again and again. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int MOST_DOUBLINGS = 6;

    private final MoveStore store;
    private final Cells cells;
    private final CellsConfig config;
    private final Counter moved;
    private final Counter failures;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Promise<Void> ended = Promise.promise();

    // Of the mover's thread.
    private MoveStore.@Nullable Owner owner;

    public Mover(MoveStore store, Cells cells, CellsConfig config, MeterRegistry registry) {
        this.store = store;
        this.cells = cells;
        this.config = config;
        this.moved = Counter.builder("sandpiper.cells.moved.events")
                .description("Events copied because their tenant moves to another stream")
                .register(registry);
        this.failures = Counter.builder("sandpiper.cells.move.failures")
                .description("Steps of moves that were broken off, and are tried again")
                .register(registry);
    }

    public void start() {
        Thread.ofVirtual().name("sandpiper-mover").start(this::run);
    }

    /** Ends after the step that it is at. */
    public Future<Void> close() {
        closing.countDown();
        return ended.future();
    }

    private void run() {
        while (!pause(PAUSE)) {
            try {
                if (cells.only() == null && wait(store.isAnyUnderWay())) {
                    work();
                } else {
                    disown();
                }
            } catch (RuntimeException e) {
                broken(e);
            }
        }
        disown();
        ended.complete();
    }

    private void work() {
        MoveStore.Owner mine = owner;
        if (mine == null || mine.isLost()) {
            mine = wait(store.own());
            owner = mine;
        }
        if (mine == null) {
            return;
        }
        for (Move move : wait(mine.underWay())) {
            if (isClosing()) {
                return;
            }
            EventStore source = cells.openedStore(move.source());
            EventStore target = cells.openedStore(move.target());
            if (source == null || target == null) {
                wait(mine.progress(move, move.copied(), move.total(), "a stream cannot be opened"));
                continue;
            }
            var copy = new TenantCopy(source, target, move.tenant());
            if (move.state() == Move.State.COPYING) {
                bring(mine, move, copy, source, target);
            } else {
                sweep(mine, move, copy);
            }
        }
    }

    private void bring(MoveStore.Owner mine, Move move, TenantCopy copy, EventStore source, EventStore target) {
        // Whoever owned this before may have died behind its fence.
        if (wait(mine.unfence(move))) {
            cells.announce();
        }
        String obstacle = obstacle(copy);
        if (obstacle != null) {
            copy.removeCopies();
            wait(mine.cancel(move, obstacle));
            log.atWarn()
                    .addKeyValue("tenant", move.tenant())
                    .addKeyValue("reason", obstacle)
                    .log("A tenant stays where it is");
            return;
        }
        long position = catchUp(mine, move, copy);
        if (isClosing()) {
            return;
        }
        long version = wait(mine.fence(move));
        cells.announce();
        boolean arrived = false;
        try {
            arrived = isConfirmed(mine, version) && arrive(mine, move, copy, position, source, target);
        } finally {
            if (!arrived) {
                wait(mine.unfence(move));
                wait(mine.progress(move, copy.copies(), copy.count(), "not every node follows, or events still came"));
            }
            cells.announce();
        }
    }

    /** Behind the fence: nobody publishes, and what was under way when it went up is there. */
    private boolean arrive(
            MoveStore.Owner mine, Move move, TenantCopy copy, long from, EventStore source, EventStore target) {
        long position = from;
        TenantCopy.Step step;
        do {
            step = copy.step(position);
            moved.increment(step.events());
            position = step.position();
        } while (step.events() > 0);
        if (copy.newest() > position || obstacle(copy) != null) {
            return false;
        }
        long base = copy.beforeFirstCopy();
        var passage =
                new Passage(source.epoch(), target.epoch(), base, Math.max(base, copy.newestCopy()), copy.trimmed());
        boolean arrived = wait(mine.arrive(move, passage, position, copy.copies()));
        if (arrived) {
            log.atInfo()
                    .addKeyValue("tenant", move.tenant())
                    .addKeyValue("from", source.subjects().stream())
                    .addKeyValue("to", target.subjects().stream())
                    .log("A tenant lies in another stream now");
        }
        return arrived;
    }

    private static @Nullable String obstacle(TenantCopy copy) {
        if (copy.hasConsumers()) {
            return "consumers";
        }
        return copy.hasKeys() ? "remembered_keys" : null;
    }

    /** Until few are missing. */
    private long catchUp(MoveStore.Owner mine, Move move, TenantCopy copy) {
        copy.separate();
        long total = copy.count();
        long copied = copy.copies();
        long position = copy.position();
        long reportAt = 0;
        long begun = System.nanoTime();
        while (!isClosing()) {
            if (System.nanoTime() - reportAt >= 0 || reportAt == 0) {
                wait(mine.progress(move, copied, Math.max(total, copied), ""));
                reportAt = System.nanoTime() + PAUSE.toNanos();
            }
            TenantCopy.Step step = copy.step(position);
            moved.increment(step.events());
            copied += step.events();
            position = step.position();
            // Whoever publishes faster than it can be copied waits a little longer.
            long patience = Math.min(MOST_DOUBLINGS, (System.nanoTime() - begun) / PATIENCE.toNanos());
            if (step.left() < FEW << patience) {
                return position;
            }
        }
        return position;
    }

    /** Nodes that were not heard of for long are gone; what one of them may still store is swept up. */
    private boolean isConfirmed(MoveStore.Owner mine, long version) {
        Duration lately = config.pollInterval().multipliedBy(3).plus(Duration.ofSeconds(5));
        long deadline = System.nanoTime() + CONFIRMATION.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (wait(mine.isConfirmed(version, lately))) {
                return true;
            }
            if (pause(CONFIRMATION_POLL)) {
                return false;
            }
        }
        return false;
    }

    private void sweep(MoveStore.Owner mine, Move move, TenantCopy copy) {
        long position = wait(mine.sourceLast(move));
        long until = System.nanoTime() + config.sweep().toNanos();
        do {
            position = copy.sweep(position);
            // Proves that this node is still the one.
            wait(mine.progress(move, move.copied(), move.total(), ""));
        } while (System.nanoTime() - until < 0 && !pause(PAUSE));
        if (!isClosing()) {
            copy.removeFromSource(position);
            wait(mine.finish(move));
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** @return whether the node is going away */
    private boolean pause(Duration time) {
        try {
            return closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Whoever cannot do the work leaves it to another. */
    private void broken(RuntimeException failure) {
        failures.increment();
        boolean expected = failure instanceof PlatformException known && known.error() instanceof AvailabilityError;
        if (expected) {
            log.atWarn()
                    .addKeyValue("reason", String.valueOf(failure.getCause()))
                    .log("A step of a move was broken off");
        } else {
            log.atError().setCause(failure).log("A step of a move was broken off");
        }
        disown();
    }

    private void disown() {
        MoveStore.Owner mine = owner;
        owner = null;
        if (mine != null) {
            try {
                wait(mine.release());
            } catch (RuntimeException e) {
                log.atWarn().setCause(e).log("The mover's lock was not given back in time");
            }
        }
    }

    private static <T extends @Nullable Object> T wait(Future<T> future) {
        try {
            return future.await(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new PlatformException(new AvailabilityError.DatabaseUnavailable(), e);
        }
    }
}
