package dev.sandpiper.sockets;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/** One HTTP request that waits, or is being answered for a long time. */
abstract class HttpConnection implements ClientConnection {
    private static final long HTTP2_CANCEL = 8;

    final SocketLoop loop;
    final RoutingContext request;
    final Principal principal;
    private final Transport transport;
    private final long number;
    private int slot = -1;
    private boolean closed;

    HttpConnection(SocketLoop loop, RoutingContext request, Principal principal, Transport transport, long number) {
        this.loop = loop;
        this.request = request;
        this.principal = principal;
        this.transport = transport;
        this.number = number;
    }

    /** From now on the connection counts until its request has ended, whoever ends it. */
    final void begin() {
        loop.table().add(this);
        loop.metrics().subscribed(1);
        request.addEndHandler(ended -> closed());
    }

    /** Nothing is to come any more. Idempotent. */
    abstract void letGo();

    private void closed() {
        if (!closed) {
            closed = true;
            letGo();
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

    /** Before the answer began: an ordinary HTTP error. */
    void refuse(PlatformError error) {
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
        return principal.uses(key);
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
