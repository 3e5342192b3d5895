package dev.sandpiper.cells;

import dev.sandpiper.domain.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Spreads tenants evenly over streams: each stream bids for a tenant, and the highest bid wins. The same on every node and in every
 * version; with one stream more, only those tenants would go elsewhere that go to the new one.
 */
final class Rendezvous {
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Rendezvous() {}

    /** @throws IllegalArgumentException when there is no stream */
    static int choose(TenantId tenant, Collection<Integer> cells) {
        long hash = OFFSET;
        for (byte b : tenant.value().getBytes(StandardCharsets.US_ASCII)) {
            hash = (hash ^ b) * PRIME;
        }
        int best = -1;
        long highest = 0;
        for (int cell : cells) {
            long bid = mix(hash ^ mix(cell + 1));
            if (best < 0 || Long.compareUnsigned(bid, highest) > 0) {
                best = cell;
                highest = bid;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("no stream to choose from");
        }
        return best;
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
