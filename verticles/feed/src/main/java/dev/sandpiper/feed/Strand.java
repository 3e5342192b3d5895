package dev.sandpiper.feed;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which each thread handed them over. A thread that may work for the hub runs
 * its task at once when the strand is free, which saves a hop between threads for nearly every live message; event loops never
 * work for the hub.
 */
final class Strand {
    private static final Logger log = LoggerFactory.getLogger(Strand.class);
    private static final int MAX_WAITING = 8_192;
    private static final long PAUSE_NANOS = 50_000;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final Executor executor;

    Strand(Executor executor) {
        this.executor = executor;
    }

    /** Never runs the task on this thread. */
    void execute(Runnable task) {
        tasks.add(task);
        if (unfinished.getAndIncrement() == 0) {
            begin();
        }
    }

    private void begin() {
        try {
            executor.execute(() -> drain(0));
        } catch (RejectedExecutionException e) {
            // The feed has closed. What a late subscriber would have left is gone already.
            log.atDebug().setCause(e).log("A task came after the feed had closed");
        }
    }

    /** When true, this thread is in the strand and must {@link #leave}. */
    boolean tryEnter() {
        return unfinished.compareAndSet(0, 1);
    }

    void leave() {
        drain(1);
    }

    /** Like {@link #execute}, for a thread that may be made to wait: a full strand is pushed back on. */
    void executeOrWait(Runnable task) {
        while (unfinished.get() > MAX_WAITING) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        execute(task);
    }

    private void drain(int finished) {
        int done = finished;
        while (true) {
            int left = unfinished.addAndGet(-done);
            if (left == 0) {
                return;
            }
            for (done = 0; done < left; done++) {
                Runnable task = tasks.poll();
                if (task == null) {
                    // Counted but not yet visible cannot be: it is added before it is counted.
                    throw new IllegalStateException("the strand lost a task");
                }
                run(task);
            }
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("A task of the feed failed");
        }
    }
}
