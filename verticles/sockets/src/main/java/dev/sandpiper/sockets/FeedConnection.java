package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.events.FeedSubscription;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an event stream and a long poll have in common: one HTTP request that waits on one subscription. */
abstract class FeedConnection extends HttpConnection implements EventReceiver {
    private @Nullable FeedSubscription feed;

    FeedConnection(SocketLoop loop, RoutingContext request, Principal principal, Transport transport, long number) {
        super(loop, request, principal, transport, number);
    }

    /** Begins to listen; from now on the connection counts until its request has ended, whoever ends it. */
    void open(Reading reading) {
        begin();
        feed = loop.subscribe(reading, this, positionInterval());
    }

    /** How long it may be ignorant of its position because of a filter. */
    Duration positionInterval() {
        return loop.config().positionInterval();
    }

    @Override
    final void letGo() {
        unsubscribe();
    }

    void unsubscribe() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    void pauseReplay(boolean paused) {
        if (feed != null) {
            feed.pauseReplay(paused);
        }
    }

    /** The subscription ended by itself before the answer began: an ordinary HTTP error. */
    @Override
    void refuse(PlatformError error) {
        feed = null;
        super.refuse(error);
    }
}
