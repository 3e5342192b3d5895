package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.FeedRequest;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;

/** Opens event streams: {@code GET /sse?topics=a,b&since=&until=&filter=&max_rate=}. */
final class SseTransport implements Handler<RoutingContext> {
    private static final Set<String> PARAMETERS =
            Set.of("topics", "topic", "since", "from", "last", "until", "filter", "max_rate", "ticket");

    private final SocketLoop loop;

    SseTransport(SocketLoop loop) {
        this.loop = loop;
    }

    @Override
    public void handle(RoutingContext request) {
        loop.routes().endsItself(request);
        loop.routes().identify(request, Scope.EVENTS_SUBSCRIBE).onComplete(result -> {
            try {
                if (result.failed()) {
                    loop.refuse(request, result.cause());
                } else if (!request.response().closed()) {
                    open(request, result.result());
                }
            } catch (PlatformException e) {
                loop.refuse(request, e);
            }
        });
    }

    private void open(RoutingContext request, Principal principal) {
        StreamQuery query = StreamQuery.of(request.request(), PARAMETERS);
        FeedRequest subscription = query.request(
                principal,
                loop.positions(),
                loop.config().maxSubscriptions(),
                StreamQuery.lastEventId(request.request()));
        EndPosition end = query.end(principal, loop.positions(), subscription.start());
        int maxRate = query.wholeNumber("max_rate", 0, 1, ClientFrame.MAX_RATE);
        loop.compiled(
                request,
                query.filter(),
                filter -> open(request, principal, new Reading(subscription, end, filter, maxRate)));
    }

    private void open(RoutingContext request, Principal principal, Reading reading) {
        long number = loop.connections().open(Transport.SSE);
        List<Topic> topics = reading.request().topics();
        if (request.request().version() == HttpVersion.HTTP_1_1) {
            new SseConnection(loop, request, principal, number, topics).open(reading);
        } else {
            new SseStream(loop, request, principal, number, topics).open(reading);
        }
    }
}
