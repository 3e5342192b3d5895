package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Up to where subscribers with a name have dealt with the events of their channels. Everything fails with {@code
 * DATABASE_UNAVAILABLE} when the store is out of reach. Safe for use by several threads; answers come on the caller's context.
 */
public interface SubscriberPositions {
    /** Whose position, in which channel. */
    record Place(TenantId tenant, ProjectId project, String subscriber, Topic topic) {}

    /**
     * The right to move a position, until somebody else takes it.
     *
     * @param fence higher than every one before it, of any place
     * @param cursor null for a place that was never moved
     */
    record Taken(long fence, @Nullable Cursor cursor) {}

    /** @param cursor null when only the use of the place is to be noted */
    record Move(Place place, long fence, @Nullable Cursor cursor) {}

    /** @param cursor null when nothing is known of it yet */
    record Entry(String subscriber, Topic topic, @Nullable Cursor cursor, Instant usedAt) {}

    /**
     * Takes the position over from whoever had it, and makes it when it is not there. Fails with {@code TOO_MANY_POSITIONS}.
     *
     * @param limit of positions in a project
     */
    Future<Taken> take(Place place, int limit);

    /** All at once; completes with the fences that still hold, of which alone something was moved. */
    Future<Set<Long>> move(List<Move> moves);

    /**
     * By subscriber and topic, up to {@code limit}.
     *
     * @param subscriber null for all of them
     * @param after the last one of the page before, null for the first page
     */
    Future<List<Entry>> list(
            TenantId tenant, ProjectId project, @Nullable String subscriber, @Nullable Entry after, int limit);

    /**
     * Completes with how many there were.
     *
     * @param topic null for all of the subscriber's
     */
    Future<Integer> delete(TenantId tenant, ProjectId project, String subscriber, @Nullable Topic topic);

    /** Forgets some of those that were not used for so long. */
    Future<Void> expire(Duration unused);
}
