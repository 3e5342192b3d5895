package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where subscribers with a name begin. A name that is new begins where its frame says, or live, and that place is written down
 * before the client hears of it: from then on nothing can be missed.
 */
final class NamedStarts {
    private final SocketLoop loop;

    NamedStarts(SocketLoop loop) {
        this.loop = loop;
    }

    /**
     * @param position null for a subscriber without a name
     * @param resumed whether {@code start} is where the subscriber's acknowledgements ended
     */
    record Found(StartPosition start, @Nullable HeldPosition position, boolean resumed) {
        void release() {
            if (position != null) {
                position.release();
            }
        }
    }

    /** Completes on the connection's event loop. What the frame says about the start wins over what is known of the subscriber. */
    Future<Found> find(Principal principal, ClientFrame.Subscribe frame, StartPosition start) {
        String subscriber = frame.subscriber();
        if (subscriber == null) {
            return Future.succeededFuture(new Found(start, null, false));
        }
        var place = new SubscriberPositions.Place(principal.tenant(), principal.project(), subscriber, frame.channel());
        return loop.home(loop.keeper().take(place)).compose(known -> {
            Cursor cursor = known.cursor();
            HeldPosition position = known.position();
            if (start instanceof StartPosition.Live && cursor != null) {
                return Future.succeededFuture(new Found(new StartPosition.After(cursor), position, true));
            }
            return locate(place, start)
                    .compose(found -> loop.home(loop.keeper().place(position, found))
                            .map(placed -> new Found(new StartPosition.After(found), position, false)))
                    .onFailure(failure -> position.release());
        });
    }

    private Future<Cursor> locate(SubscriberPositions.Place place, StartPosition start) {
        return switch (start) {
            case StartPosition.After after -> Future.succeededFuture(after.cursor());
            case StartPosition.Live live ->
                history(place, null, true, 1).map(page -> page.opening().cursor());
            case StartPosition.From from ->
                history(place, from.time(), false, 1).map(page -> page.opening().cursor());
            case StartPosition.Newest newest ->
                history(place, null, true, newest.count()).map(NamedStarts::before);
        };
    }

    private static Cursor before(HistoryPage page) {
        Cursor newest = page.opening().cursor();
        List<StoredEvent> events = page.events();
        return events.isEmpty()
                ? newest
                : new Cursor(newest.epoch(), events.getLast().sequence() - 1);
    }

    private Future<HistoryPage> history(
            SubscriberPositions.Place place, @Nullable Instant from, boolean backward, int limit) {
        return loop.feed()
                .history(new HistoryRequest(
                        place.tenant(),
                        place.project(),
                        TopicPattern.of(place.topic()),
                        null,
                        from,
                        null,
                        null,
                        backward,
                        limit,
                        false));
    }
}
