package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.sockets.SubscriberPositions.Place;
import org.jspecify.annotations.Nullable;

/** A subscriber's position while a subscription of this node moves it. */
final class HeldPosition {
    private final Place place;
    private final long fence;
    private final PositionKeeper keeper;
    private volatile @Nullable Cursor acked;
    private volatile @Nullable Runnable onLost;
    private volatile boolean lost;
    private volatile boolean released;

    HeldPosition(Place place, long fence, PositionKeeper keeper) {
        this.place = place;
        this.fence = fence;
        this.keeper = keeper;
    }

    Place place() {
        return place;
    }

    long fence() {
        return fence;
    }

    /** What was acknowledged last; null for nothing yet. */
    @Nullable
    Cursor acked() {
        return acked;
    }

    /** Written some time later. */
    void ack(Cursor cursor) {
        acked = cursor;
        keeper.changed(this);
    }

    /** Nobody uses it any more; what was acknowledged is written at once. */
    void release() {
        released = true;
        keeper.released(this);
    }

    boolean isReleased() {
        return released;
    }

    /** @param task called once, on any thread, when somebody else has taken the position over */
    void onLost(Runnable task) {
        onLost = task;
        if (lost) {
            task.run();
        }
    }

    void lost() {
        lost = true;
        Runnable task = onLost;
        if (task != null) {
            task.run();
        }
    }
}
