package dev.sandpiper.cells;

import dev.sandpiper.cells.nats.CopyPositions;
import dev.sandpiper.cells.nats.Passage;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the tenant's stream. With one stream this is one look at a field, once for each subscription. Positions that were given out
 * where the tenant was before, and times before it came where it is, are translated; subscriptions follow it.
 */
public final class CellFeed implements Feed {
    private final VertxInternal vertx;
    private final Cells cells;

    public CellFeed(Vertx vertx, Cells cells) {
        this.vertx = (VertxInternal) vertx;
        this.cells = cells;
    }

    @Override
    public FeedSubscription subscribe(FeedRequest request, FeedListener listener) {
        Cell only = cells.only();
        if (only != null) {
            return feed(only).subscribe(request, listener);
        }
        var following = new FollowingSubscription(this, vertx.getOrCreateContext(), request, listener);
        following.begin();
        return following;
    }

    /** Where to read, and from where on. */
    record Beginning(Feed feed, StartPosition start) {}

    /** Completes on the caller's context. */
    Future<Beginning> place(TenantId tenant, StartPosition start) {
        return cells.cell(tenant)
                .compose(cell -> start(cell, tenant, start).map(from -> new Beginning(feed(cell), from)));
    }

    @Override
    public Future<HistoryPage> history(HistoryRequest request) {
        Cell only = cells.only();
        return only != null
                ? feed(only).history(request)
                : cells.cell(request.tenant())
                        .compose(cell -> request(cell, request).compose(feed(cell)::history));
    }

    private static Feed feed(Cell cell) {
        Feed feed = cell.feed();
        if (feed == null) {
            throw new PlatformException(new AvailabilityError.NodeUnavailable());
        }
        return feed;
    }

    private Future<StartPosition> start(Cell cell, TenantId tenant, StartPosition start) {
        return switch (start) {
            case StartPosition.Live live -> Future.succeededFuture(live);
            case StartPosition.Newest newest -> Future.succeededFuture(newest);
            case StartPosition.After after ->
                cursor(cell, tenant, after.cursor()).map(StartPosition.After::new);
            case StartPosition.From from ->
                before(cell, tenant, from.time())
                        .map(position -> position == null ? from : new StartPosition.After(position));
        };
    }

    private Future<HistoryRequest> request(Cell cell, HistoryRequest asked) {
        TenantId tenant = asked.tenant();
        Cursor since = asked.since();
        Instant from = asked.from();
        EndPosition until = asked.until();
        if (since == null && from == null && until == null) {
            return Future.succeededFuture(asked);
        }
        Future<@Nullable Cursor> sinceNow = since == null
                ? Future.<@Nullable Cursor>succeededFuture(null)
                : cursor(cell, tenant, since).<@Nullable Cursor>map(found -> found);
        Future<@Nullable Cursor> fromNow = from == null ? Future.succeededFuture() : before(cell, tenant, from);
        Future<@Nullable EndPosition> untilNow = until == null
                ? Future.<@Nullable EndPosition>succeededFuture(null)
                : end(cell, tenant, until).<@Nullable EndPosition>map(found -> found);
        return Future.all(sinceNow, fromNow, untilNow)
                .map(all -> bounded(asked, sinceNow.result(), fromNow.result(), untilNow.result()));
    }

    /** @param from the position that stands for the lower bound by time, null when the stream knows it by itself */
    private static HistoryRequest bounded(
            HistoryRequest asked, @Nullable Cursor since, @Nullable Cursor from, @Nullable EndPosition until) {
        Instant time = asked.from();
        boolean bounds = from != null && !asked.backward() && (since == null || since.sequence() < from.sequence());
        EventFilter filter = asked.filter();
        // Backward there is no position to stop at.
        EventFilter young = from == null || time == null || !asked.backward()
                ? filter
                : event -> !event.timestamp().isBefore(time) && (filter == null || filter.test(event));
        return new HistoryRequest(
                asked.tenant(),
                asked.project(),
                asked.topics(),
                bounds ? from : since,
                from == null ? time : null,
                until,
                young,
                asked.backward(),
                asked.limit(),
                asked.bulk());
    }

    private Future<EndPosition> end(Cell cell, TenantId tenant, EndPosition until) {
        return switch (until) {
            case EndPosition.Through through ->
                cursor(cell, tenant, through.cursor()).map(EndPosition.Through::new);
            case EndPosition.Before bound ->
                before(cell, tenant, bound.time())
                        .map(position -> position == null ? bound : new EndPosition.Through(position));
        };
    }

    private Future<Cursor> cursor(Cell cell, TenantId tenant, Cursor cursor) {
        return among(cell, tenant, cursor, copies -> copies.of(cursor));
    }

    /** The position of the last copy before a time; null when the time is one that the stream knows by itself. */
    private Future<@Nullable Cursor> before(Cell cell, TenantId tenant, Instant time) {
        return among(
                cell,
                tenant,
                null,
                copies -> copies.before(time)
                        .<@Nullable Cursor>map(position ->
                                position < 0 ? null : new Cursor(cell.store().epoch(), position)));
    }

    private <T extends @Nullable Object> Future<T> among(
            Cell cell, TenantId tenant, T otherwise, Function<CopyPositions, Future<T>> action) {
        return cells.moves(tenant).compose(moves -> {
            List<Passage> passages = new ArrayList<>();
            Instant arrivedAt = Instant.EPOCH;
            for (Move move : moves) {
                Passage passage = move.passage();
                Instant switchedAt = move.switchedAt();
                if (passage != null && switchedAt != null) {
                    passages.add(passage);
                    arrivedAt = switchedAt;
                }
            }
            return passages.isEmpty()
                    ? Future.succeededFuture(otherwise)
                    : action.apply(new CopyPositions(cell.store(), tenant, passages, arrivedAt));
        });
    }
}
