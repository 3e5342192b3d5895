package dev.sandpiper.feed;

import dev.sandpiper.domain.TenantId;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pages that wait to be read. Tenants take turns, whatever the number of pages that each waits for, so that a thousand replays of
 * one delay another by one page. Within a tenant the order is that of asking. Not safe for use by several threads.
 */
final class TenantTurns {
    /** In the order of their turns. */
    private final Map<TenantId, ArrayDeque<PageRead>> tenants = new LinkedHashMap<>();

    /** Those that had their turn, and for which it was not enough. */
    private final ArrayDeque<PageRead> again = new ArrayDeque<>(2);

    private int size;

    void add(PageRead read) {
        tenants.computeIfAbsent(read.source.tenant(), tenant -> new ArrayDeque<>(4))
                .add(read);
        size++;
    }

    /** Comes before all others. */
    void addAgain(PageRead read) {
        again.add(read);
        size++;
    }

    @Nullable
    PageRead poll() {
        PageRead first = again.poll();
        if (first == null) {
            first = pollNextTenant();
        }
        if (first != null) {
            size--;
        }
        return first;
    }

    private @Nullable PageRead pollNextTenant() {
        var turns = tenants.entrySet().iterator();
        if (!turns.hasNext()) {
            return null;
        }
        Map.Entry<TenantId, ArrayDeque<PageRead>> turn = turns.next();
        TenantId tenant = turn.getKey();
        ArrayDeque<PageRead> waiting = turn.getValue();
        turns.remove();
        PageRead first = waiting.poll();
        if (!waiting.isEmpty()) {
            tenants.put(tenant, waiting);
        }
        return first;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Takes all out. */
    void drain(Consumer<PageRead> to) {
        for (PageRead read = poll(); read != null; read = poll()) {
            to.accept(read);
        }
    }
}
