package dev.sandpiper.cells;

import dev.sandpiper.cells.nats.Passage;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is decided about streams and moves. Every future fails with {@code DATABASE_UNAVAILABLE}. Safe for use by several threads. */
public interface MoveStore {
    /** A stream for one tenant, with its number. Fails with {@code STREAM_EXISTS} or {@code RESOURCE_NOT_FOUND}. */
    Future<StreamRow> dedicate(StreamRow wanted, AuditOrigin by);

    Future<List<StreamRow>> streams();

    /** Tenants with a place, by their ids; those after one of them. */
    Future<List<Place>> places(int limit, String after);

    /** Whether there is such a tenant. */
    Future<Boolean> isKnown(TenantId tenant);

    /** Begins to move a tenant that has a place. Fails with {@code MOVE_REFUSED} while it is being moved. */
    Future<Move> begin(TenantId tenant, int source, int target, AuditOrigin by);

    /** The newest first; those before one of them, 0 for the first page. */
    Future<List<Move>> list(int limit, long before);

    /** A tenant's, the newest first. */
    Future<List<Move>> of(TenantId tenant);

    /** Whether any is under way. */
    Future<Boolean> isAnyUnderWay();

    /** Makes this node the mover, if no other is; null then. */
    Future<@Nullable Owner> own();

    /** What makes one node the mover: everything here is proven to happen while it is. For one thread. */
    interface Owner {
        boolean isLost();

        Future<List<Move>> underWay();

        Future<Void> progress(Move move, long copied, long total, String note);

        /** @return the version of the tenant's place with the fence */
        Future<Long> fence(Move move);

        /** @return whether there was a fence */
        Future<Boolean> unfence(Move move);

        /** Gives the move up; the tenant stays where it is. */
        Future<Void> cancel(Move move, String note);

        /** Whether every node that was heard of lately follows places up to this version. */
        Future<Boolean> isConfirmed(long version, Duration lately);

        /** The tenant arrives: the fence falls at the new place, in the same step. Whether it was still fenced and moving. */
        Future<Boolean> arrive(Move move, Passage passage, long sourceLast, long copied);

        /** Up to which sequence of the source everything was copied when the tenant arrived. */
        Future<Long> sourceLast(Move move);

        Future<Void> finish(Move move);

        /** Never fails. */
        Future<Void> release();
    }
}
