package dev.sandpiper.publisher;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events of one lane that wait until the window of what is in flight has room: a queue per tenant, served in turns (deficit
 * round robin, Shreedhar and Varghese 1995), so that a tenant that floods waits for itself. Within a tenant it is first in,
 * first out, which keeps the order within a topic.
 *
 * <p>Bounded in events and bytes. A tenant may never hold more than is left free (dynamic thresholds, Choudhury and Hahne
 * 1998): one that floods alone gets half of the queue, two a third each, and there is always room for another. Belongs to
 * one event loop.
 */
final class FairQueue {
    /** Credit for one turn: so much a tenant may send before the next one's turn. */
    static final int QUANTUM = 4_096;

    /** What an event without any data costs, roughly. */
    static final int OVERHEAD = 256;

    /** @param acceptedAt in {@link System#nanoTime} */
    record Waiting(PublishCommand command, Promise<PublishReceipt> promise, long acceptedAt) {
        int bytes() {
            return command.size();
        }

        private int cost() {
            return bytes() + OVERHEAD;
        }
    }

    private static final class Share {
        private final ArrayDeque<Waiting> events = new ArrayDeque<>();
        private long bytes;
        private long credit = QUANTUM;
    }

    private final int maxEvents;
    private final long maxBytes;
    private final Map<TenantId, Share> shares = new HashMap<>();
    private final ArrayDeque<Share> turns = new ArrayDeque<>();
    private int size;
    private long bytes;

    FairQueue(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** Puts it last among its tenant's; false when the tenant has its share of the room already. */
    boolean offer(Waiting event) {
        TenantId tenant = event.command().tenant();
        Share share = shares.get(tenant);
        int events = share == null ? 0 : share.events.size();
        long held = share == null ? 0 : share.bytes;
        if (events >= maxEvents - size || held >= maxBytes - bytes || bytes + event.bytes() > maxBytes) {
            return false;
        }
        if (share == null) {
            share = new Share();
            shares.put(tenant, share);
            turns.addLast(share);
        }
        share.events.addLast(event);
        share.bytes += event.bytes();
        size++;
        bytes += event.bytes();
        return true;
    }

    /** Whose turn it is; null when nothing waits. The same until {@link #poll} or {@link #expire}. */
    @Nullable
    Waiting peek() {
        while (true) {
            Share share = turns.peekFirst();
            Waiting first = share == null ? null : share.events.peekFirst();
            if (share == null || first == null || share.credit >= first.cost()) {
                return first;
            }
            share.credit += QUANTUM;
            if (turns.size() > 1) {
                turns.addLast(turns.removeFirst());
            }
        }
    }

    /** Takes what {@link #peek} returned. */
    void poll() {
        Waiting next = peek();
        Share share = turns.peekFirst();
        if (next == null || share == null) {
            throw new IllegalStateException("nothing waits");
        }
        share.credit -= next.cost();
        removeFirst(share);
        if (share.events.isEmpty()) {
            turns.removeFirst();
            shares.remove(next.command().tenant());
        }
    }

    /** Takes out what was accepted at {@code time} or before. */
    List<Waiting> expire(long time) {
        List<Waiting> expired = new ArrayList<>();
        for (Iterator<Share> each = turns.iterator(); each.hasNext(); ) {
            Share share = each.next();
            Waiting first = share.events.peekFirst();
            while (first != null && first.acceptedAt() - time <= 0) {
                removeFirst(share);
                expired.add(first);
                if (share.events.isEmpty()) {
                    each.remove();
                    shares.remove(first.command().tenant());
                }
                first = share.events.peekFirst();
            }
        }
        return expired;
    }

    private void removeFirst(Share share) {
        Waiting first = share.events.removeFirst();
        share.bytes -= first.bytes();
        size--;
        bytes -= first.bytes();
    }

    int size() {
        return size;
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
