package dev.sandpiper.publisher;

import dev.sandpiper.domain.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * What waits for its turn: a queue per tenant, served in turns, so that a tenant that floods waits for itself. Who has its turn gets
 * no other before it has ended, which keeps the order within a tenant.
 */
final class TenantTurns<T> {
    private final Map<TenantId, ArrayDeque<T>> queues = new LinkedHashMap<>();
    private final Map<TenantId, ArrayDeque<T>> busy = new HashMap<>();

    void add(TenantId tenant, T item) {
        queue(tenant).addLast(item);
    }

    private ArrayDeque<T> queue(TenantId tenant) {
        ArrayDeque<T> held = busy.get(tenant);
        return held == null ? queues.computeIfAbsent(tenant, any -> new ArrayDeque<>()) : held;
    }

    /**
     * Whose turn it is: the first of a tenant's, and those behind it that go with it. Empty when there is nobody; otherwise {@link
     * #end} must follow.
     *
     * @param goesWith whether an item goes with those that were taken
     */
    List<T> next(BiPredicate<List<T>, T> goesWith) {
        List<T> taken = new ArrayList<>();
        var turns = queues.entrySet().iterator();
        if (!turns.hasNext()) {
            return taken;
        }
        Map.Entry<TenantId, ArrayDeque<T>> turn = turns.next();
        ArrayDeque<T> queue = turn.getValue();
        busy.put(turn.getKey(), queue);
        turns.remove();
        do {
            taken.add(queue.removeFirst());
        } while (!queue.isEmpty() && goesWith.test(taken, queue.getFirst()));
        return taken;
    }

    /**
     * The turn is over.
     *
     * @param unfinished what was taken and comes first the next time
     */
    void end(TenantId tenant, List<T> unfinished) {
        ArrayDeque<T> queue = busy.remove(tenant);
        if (queue == null) {
            throw new IllegalStateException("it was nobody's turn");
        }
        for (T item : unfinished.reversed()) {
            queue.addFirst(item);
        }
        if (!queue.isEmpty()) {
            queues.put(tenant, queue);
        }
    }
}
