package dev.sandpiper.sockets;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.events.FeedSubscription;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What an event stream and a long poll have in common: one HTTP request that waits on one subscription. */
abstract class HttpConnection implements ClientConnection, EventReceiver {
    private static final long HTTP2_CANCEL = 8;

    final SocketLoop loop;
    final RoutingContext request;
    final Principal principal;
    private final Transport transport;
    private final long number;
    private @Nullable FeedSubscription feed;
    private int slot = -1;
    private boolean closed;

    HttpConnection(SocketLoop loop, RoutingContext request, Principal principal, Transport transport, long number) {
        this.loop = loop;
        this.request = request;
        this.principal = principal;
        this.transport = transport;
        this.number = number;
    }

    /** Begins to listen; from now on the connection counts until its request has ended, whoever ends it. */
    void open(Reading reading) {
        loop.table().add(this);
        loop.metrics().subscribed(1);
        request.addEndHandler(ended -> closed());
        feed = loop.subscribe(reading, this, positionInterval());
    }

    /** How long it may be ignorant of its position because of a filter. */
    Duration positionInterval() {
        return loop.config().positionInterval();
    }

    private void closed() {
        if (!closed) {
            closed = true;
            unsubscribe();
            loop.table().remove(this);
            loop.metrics().subscribed(-1);
            loop.connections().closed(transport);
            onClosed();
        }
    }

    /** For what a transport has to clean up. */
    void onClosed() {}

    boolean isClosed() {
        return closed;
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
    void refuse(PlatformError error) {
        feed = null;
        loop.metrics().error(error);
        loop.routes().fail(request, error);
    }

    @Override
    public void cut() {
        HttpServerRequest r = request.request();
        if (r.version() == HttpVersion.HTTP_2) {
            r.response().reset(HTTP2_CANCEL);
        } else {
            r.connection().close();
        }
    }

    @Override
    public boolean uses(KeyId key) {
        return principal.key().equals(key);
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public int subscriptions() {
        return 1;
    }

    @Override
    public int slot() {
        return slot;
    }

    @Override
    public void slot(int newSlot) {
        slot = newSlot;
    }
}
