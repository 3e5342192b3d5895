package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.sockets.SubscriberPositions.Move;
import dev.sandpiper.sockets.SubscriberPositions.Place;
import dev.sandpiper.sockets.SubscriberPositions.Taken;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The positions that subscriptions of this node move: writes what was acknowledged, many at once and a little later. Only the newest
 * position of each is kept until then, so that what waits is bounded by the subscriptions. Safe for use by several threads.
 */
final class PositionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(PositionKeeper.class);
    private static final int BATCH = 1_000;

    /** While the database is away, the positions of so many subscriptions that ended are kept for it. */
    private static final int MAX_RELEASED = 100_000;

    private static final long EXPIRY_CHECK_MILLIS = 60_000;

    private final SubscriberPositions positions;
    private final AckConfig config;
    private final SocketMetrics metrics;
    private final Context context;
    private final Map<Place, HeldPosition> held = new ConcurrentHashMap<>();
    private final Map<Place, HeldPosition> changed = new ConcurrentHashMap<>();
    /** What is being written. */
    private final Set<Place> underWay = ConcurrentHashMap.newKeySet();

    private final List<Long> timers = new ArrayList<>();
    /** Writes follow each other, so that of one position the newest is written last. Confined to the context. */
    private Future<Void> writing = Future.succeededFuture();

    PositionKeeper(Vertx vertx, SubscriberPositions positions, AckConfig config, SocketMetrics metrics) {
        this.positions = positions;
        this.config = config;
        this.metrics = metrics;
        this.context = vertx.getOrCreateContext();
        timers.add(vertx.setPeriodic(config.interval().toMillis(), id -> flush()));
        timers.add(vertx.setPeriodic(EXPIRY_CHECK_MILLIS, id -> expire()));
        // A position in use is not forgotten, however quiet its channel is.
        timers.add(vertx.setPeriodic(
                Math.max(1, config.expiry().toMillis() / 4), id -> held.forEach(changed::putIfAbsent)));
        metrics.held(held);
    }

    /** What was found, and the right to move it. */
    record Resumption(HeldPosition position, @Nullable Cursor cursor) {}

    /** Takes a position over from whoever had it. Completes on any context. */
    Future<Resumption> take(Place place) {
        // What another connection of this node has acknowledged counts already.
        Future<Void> written =
                changed.containsKey(place) || underWay.contains(place) ? flush() : Future.succeededFuture();
        return written.compose(done -> positions.take(place, config.maxPositions()))
                .map(taken -> new Resumption(hold(place, taken), taken.cursor()));
    }

    private HeldPosition hold(Place place, Taken taken) {
        var position = new HeldPosition(place, taken.fence(), this);
        HeldPosition before = held.put(place, position);
        if (before != null && before.fence() > position.fence()) {
            held.replace(place, position, before);
            position.lost();
        } else if (before != null) {
            before.lost();
        }
        return position;
    }

    /** Moves a position now; fails with the error that says that somebody else has it. */
    Future<Void> place(HeldPosition position, Cursor cursor) {
        return positions
                .move(List.of(new Move(position.place(), position.fence(), cursor)))
                .map(holding -> {
                    if (!holding.contains(position.fence())) {
                        throw new PlatformException(Acknowledging.taken(position));
                    }
                    return null;
                });
    }

    void changed(HeldPosition position) {
        changed.merge(position.place(), position, (one, other) -> one.fence() > other.fence() ? one : other);
    }

    void released(HeldPosition position) {
        held.remove(position.place(), position);
        if (changed.containsKey(position.place())) {
            flush();
        }
    }

    /** Completes when everything was written that was acknowledged before, or could not be. */
    Future<Void> flush() {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> {
            writing = writing.transform(before -> write());
            writing.onComplete(promise);
        });
        return promise.future();
    }

    /** What has changed by now, and not what changes meanwhile, or this would never end. */
    private Future<Void> write() {
        List<HeldPosition> all = new ArrayList<>();
        for (HeldPosition position : List.copyOf(changed.values())) {
            // First the one, then the other: whoever looks for it finds it in one of them.
            underWay.add(position.place());
            if (changed.remove(position.place(), position)) {
                all.add(position);
            }
        }
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < all.size(); from += BATCH) {
            List<HeldPosition> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            done = done.compose(before -> write(batch));
        }
        return done.onComplete(end -> underWay.clear());
    }

    private Future<Void> write(List<HeldPosition> batch) {
        List<Move> moves = batch.stream()
                .map(position -> new Move(position.place(), position.fence(), position.acked()))
                .toList();
        return positions.move(moves).transform(result -> {
            if (result.failed()) {
                keep(batch, result.cause());
            } else {
                written(batch, result.result());
            }
            return Future.succeededFuture();
        });
    }

    private void written(List<HeldPosition> batch, Set<Long> holding) {
        metrics.positionsWritten(batch.size());
        for (HeldPosition position : batch) {
            if (!holding.contains(position.fence())) {
                held.remove(position.place(), position);
                position.lost();
            }
        }
    }

    private void keep(List<HeldPosition> batch, Throwable failure) {
        LOG.atWarn()
                .addKeyValue("positions", batch.size())
                .addKeyValue("reason", String.valueOf(failure.getMessage()))
                .log("Acknowledged positions could not be written; they are tried again");
        boolean full = changed.size() > MAX_RELEASED;
        for (HeldPosition position : batch) {
            if (!(full && position.isReleased())) {
                changed(position);
            }
        }
    }

    private void expire() {
        positions
                .expire(config.expiry())
                .onFailure(failure -> LOG.atDebug()
                        .addKeyValue("reason", String.valueOf(failure.getMessage()))
                        .log("Unused positions could not be looked for"));
    }

    /** Writes what is left. */
    Future<Void> close() {
        timers.forEach(context.owner()::cancelTimer);
        return flush();
    }
}
