package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.events.FeedRequest;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;

/** Answers long polls: {@code GET /poll?topics=a,b&since=&filter=&timeout=25}. */
final class PollTransport implements Handler<RoutingContext> {
    private static final Set<String> PARAMETERS =
            Set.of("topics", "topic", "since", "from", "last", "filter", "timeout", "ticket");
    private static final int MAX_TIMEOUT = 60;
    private static final int DEFAULT_TIMEOUT = 25;

    private final SocketLoop loop;

    PollTransport(SocketLoop loop) {
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
        Duration timeout = Duration.ofSeconds(query.wholeNumber("timeout", DEFAULT_TIMEOUT, 0, MAX_TIMEOUT));
        loop.compiled(request, query.filter(), filter -> {
            long number = loop.connections().open(Transport.POLL);
            new LongPoll(loop, request, principal, number, timeout).open(new Reading(subscription, null, filter, 0));
        });
    }
}
