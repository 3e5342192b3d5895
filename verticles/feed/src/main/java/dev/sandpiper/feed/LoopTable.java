package dev.sandpiper.feed;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The feed's side of one event loop. The hub hands an event over once per loop, whatever the number of subscribers; one task
 * takes a whole burst off the queue, gives each event to the topic's receivers, and then tells each receiver it touched that the
 * batch is over.
 */
final class LoopTable {
    /**
     * For a {@link LoopTopic}: other topics may run ahead of this one from now on.
     *
     * @param position all of its events up to here were delivered
     */
    record Hold(long position) {}

    /** For a {@link LoopTopic}: ends a {@link Hold}. */
    record Release() {}

    /** After so many deliveries the loop gets to serve its sockets. */
    private static final int TURN = 4_096;

    private static final int INITIAL = 64;

    final int number;
    final EventLoop eventLoop;
    final ContextInternal context;
    private final int maxItems;
    private final long maxBytes;

    // The queue: pairs of target and item, filled by the hub, swapped out by the loop.
    private final Object lock = new Object();
    private @Nullable Object[] filling = new Object[INITIAL];
    private int filled;
    private long bytes;
    private boolean scheduled;
    private boolean overflowed;
    private boolean announced;

    // The loop's own.
    private @Nullable Object[] emptying = new Object[INITIAL];
    private int next;
    private int end;
    private @Nullable Subscriber[] touched = new Subscriber[16];
    private int touchedCount;

    LoopTable(int number, EventLoop eventLoop, ContextInternal context, FeedConfig config) {
        this.number = number;
        this.eventLoop = eventLoop;
        this.context = context;
        this.maxItems = config.queueEvents() * 2;
        this.maxBytes = config.queueBytes();
    }

    /** @return false when the loop is so far behind that this was not queued: see {@link #announceOverflow} */
    boolean offer(LoopTopic topic, StoredEvent event) {
        return push(topic, event, event.weight());
    }

    boolean offer(Subscriber subscriber, Delivery delivery) {
        int weight = 0;
        for (StoredEvent event : delivery.events()) {
            weight += event.weight();
        }
        return push(subscriber, delivery, weight);
    }

    /** What must arrive even at a loop that is too far behind: it is little. */
    void insist(Object target, Object item) {
        synchronized (lock) {
            append(target, item);
        }
        schedule();
    }

    /** @return true once for each time that the loop fell behind; only then does it begin to take again */
    boolean announceOverflow() {
        synchronized (lock) {
            boolean first = overflowed && !announced;
            announced |= first;
            return first;
        }
    }

    int depth() {
        synchronized (lock) {
            return filled / 2;
        }
    }

    /** Remembers to tell the subscriber at the end of the batch. */
    void touch(Subscriber subscriber) {
        if (touchedCount == touched.length) {
            touched = Arrays.copyOf(touched, touchedCount * 2);
        }
        touched[touchedCount++] = subscriber;
    }

    private boolean push(Object target, Object item, int weight) {
        synchronized (lock) {
            if (overflowed) {
                return false;
            }
            // What is larger than the bound alone may still go, alone.
            if (filled >= maxItems || (bytes + weight > maxBytes && filled > 0)) {
                overflowed = true;
                return false;
            }
            append(target, item);
            bytes += weight;
        }
        schedule();
        return true;
    }

    private void append(Object target, Object item) {
        if (filled == filling.length) {
            filling = Arrays.copyOf(filling, filled * 2);
        }
        filling[filled++] = target;
        filling[filled++] = item;
    }

    private void schedule() {
        synchronized (lock) {
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        context.runOnContext(this::drain);
    }

    private void drain(@Nullable Void nothing) {
        int work = 0;
        while (work < TURN) {
            if (next == end && !swap()) {
                endBatch();
                return;
            }
            Object target = emptying[next];
            Object item = emptying[next + 1];
            emptying[next] = null;
            emptying[next + 1] = null;
            next += 2;
            work += 1 + handle(target, item);
        }
        endBatch();
        context.runOnContext(this::drain);
    }

    /** @return false when there is nothing to do; then whoever adds something schedules this loop again */
    private boolean swap() {
        synchronized (lock) {
            if (filled == 0) {
                scheduled = false;
                if (announced) {
                    overflowed = false;
                    announced = false;
                }
                return false;
            }
            @Nullable Object[] full = filling;
            filling = emptying.length > 4_096 ? new Object[INITIAL] : emptying;
            emptying = full;
            next = 0;
            end = filled;
            filled = 0;
            bytes = 0;
            return true;
        }
    }

    private static int handle(@Nullable Object target, @Nullable Object item) {
        if (target instanceof LoopTopic topic) {
            return handle(topic, item);
        }
        if (target instanceof Subscriber subscriber && item instanceof Delivery delivery) {
            subscriber.deliver(delivery);
            return delivery.events().size();
        }
        throw new IllegalStateException("no such target");
    }

    private static int handle(LoopTopic topic, @Nullable Object item) {
        int receivers = topic.size();
        if (item instanceof StoredEvent event) {
            topic.dispatch(event);
            topic.topic.delivered(receivers);
        } else if (item instanceof Hold hold) {
            topic.hold(hold.position());
        } else if (item instanceof Release) {
            topic.release();
        } else if (item instanceof PlatformError error) {
            topic.fail(error);
        }
        return receivers;
    }

    private void endBatch() {
        for (int i = 0; i < touchedCount; i++) {
            Subscriber subscriber = touched[i];
            touched[i] = null;
            if (subscriber != null) {
                subscriber.endBatch();
            }
        }
        touchedCount = 0;
        if (touched.length > 1_024) {
            touched = new Subscriber[16];
        }
    }
}
