package dev.sandpiper.cells;

import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which streams there are, and the places of tenants, as the whole installation knows them. Every future fails with {@code
 * DATABASE_UNAVAILABLE}. Safe for use by several threads.
 */
public interface CellStore {
    /**
     * What changed.
     *
     * @param streams all that there are, by their numbers; number 0 is always there
     * @param places that changed
     * @param version up to which they did: what to ask for next
     * @param more whether to ask again at once
     */
    record Changes(List<StreamRow> streams, List<Place> places, long version, boolean more) {
        public Changes {
            streams = List.copyOf(streams);
            places = List.copyOf(places);
        }
    }

    /** Sees to it that there are so many streams that tenants share. New ones are usable after a while. */
    Future<Void> ensure(int count, Duration settle);

    /** @param version 0 for everything */
    Future<Changes> changesSince(long version);

    Future<Optional<Place>> find(TenantId tenant);

    /** Whether the tenant was there before the installation had a second stream: its events can only be in number 0. */
    Future<Boolean> isOlderThanGrowth(TenantId tenant);

    /** Says that this node publishes nothing any more that is fenced at or below this version. */
    Future<Void> confirm(String node, long version);

    /** Gives a tenant a place if it has none: its own stream if there is one. The answer is where it is. */
    Future<Place> place(TenantId tenant, int cell);
}
