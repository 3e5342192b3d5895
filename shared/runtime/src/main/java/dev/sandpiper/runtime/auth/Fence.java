package dev.sandpiper.runtime.auth;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds back what a node that was frozen would deliver, until it knows again who may have it: what lies in its sockets when it thaws
 * may be for somebody whose credential was revoked meanwhile. Safe for use by several threads.
 */
public final class Fence {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Wakefulness> watched = new CopyOnWriteArrayList<>();

    /** From now on, nothing passes while this one is behind. */
    public void watch(Wakefulness wakefulness) {
        watched.add(wakefulness);
    }

    /** The node ends: who does not ask any more is no judge of what is known. */
    public void remove() {
        watched.clear();
    }

    public boolean isUp() {
        long now = System.nanoTime();
        for (Wakefulness wakefulness : watched) {
            if (wakefulness.isBehind(now)) {
                return true;
            }
        }
        return false;
    }

    /** Returns once it is down, or the thread is interrupted. Not for event loops. */
    public void pass() {
        while (isUp() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
