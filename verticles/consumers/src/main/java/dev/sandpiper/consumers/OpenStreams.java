package dev.sandpiper.consumers;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The streams of this node, by consumer. What is decided on this node they hear at once; what is decided on another they find out
 * by asking the ledger. Safe for use by several threads.
 */
final class OpenStreams {
    private final ConcurrentMap<String, Set<WorkerStream>> streams = new ConcurrentHashMap<>();

    void add(String durable, WorkerStream stream) {
        streams.compute(durable, (key, present) -> {
            Set<WorkerStream> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(stream);
            return all;
        });
    }

    void remove(String durable, WorkerStream stream) {
        streams.computeIfPresent(durable, (key, all) -> {
            all.remove(stream);
            return all.isEmpty() ? null : all;
        });
    }

    /** These deliveries are over. */
    void settled(String durable, List<Claim> claims) {
        Set<WorkerStream> all = streams.get(durable);
        if (all != null && !claims.isEmpty()) {
            all.forEach(stream -> stream.settled(claims));
        }
    }
}
