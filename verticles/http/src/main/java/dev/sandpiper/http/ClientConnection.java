package dev.sandpiper.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.Http2ServerConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One client's connection, HTTP/1.1 or HTTP/2: takes its requests in and knows when it has outlived its use. */
final class ClientConnection implements Handler<HttpServerRequest> {
    private static final long LINGER_NANOS = 2_000_000_000L;
    /** Bytes that wait to be written to a client that keeps asking but does not read the answers. */
    private static final long MAX_UNREAD = 16 << 20;

    private final Front front;
    private final HttpServerConnection connection;
    private final boolean late;
    private final String peer;
    private int inFlight;
    private @Nullable Exchange unanswered;
    private long idleSince = System.nanoTime();
    private boolean closing;
    private long closeAt;

    private ClientConnection(Front front, HttpServerConnection connection) {
        this.front = front;
        this.connection = connection;
        this.late = front.gate.isClosing();
        SocketAddress address = connection.remoteAddress();
        String host = address == null ? null : address.hostAddress();
        this.peer = host == null ? "" : host;
    }

    static ClientConnection open(Front front, HttpServerConnection connection) {
        var client = new ClientConnection(front, connection);
        connection.handler(client);
        FirstRequestDeadline.met(connection.channelHandlerContext().channel());
        ClientPreface.await(connection);
        return client;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (request.version() == null) {
            InvalidRequests.wrongVersion(front, request);
        } else {
            front.handle(new Exchange(front, this, request));
        }
    }

    String peer() {
        return peer;
    }

    /** Whether it was opened after the door was shut. */
    boolean comesTooLate() {
        return late;
    }

    void began(Exchange exchange) {
        inFlight++;
        unanswered = exchange.link(unanswered);
    }

    void ended(Exchange exchange) {
        inFlight--;
        unanswered = exchange.unlink(unanswered);
        idleSince = System.nanoTime();
    }

    /**
     * Closes once the request has been read to its end, or soon: closing while the client still sends would make its
     * kernel throw the answer away.
     */
    void closeAfter(HttpServerRequest request) {
        closing = true;
        closeAt = System.nanoTime() + LINGER_NANOS;
        if (request.isEnded()) {
            connection.close();
        } else {
            request.handler(ignored -> {});
            request.endHandler(end -> connection.close());
            request.resume();
        }
    }

    /** Whether this can be forgotten: it is closed, or has left HTTP and is none of our business any more. */
    boolean isGone() {
        ChannelHandlerContext context = connection.channelHandlerContext();
        return context.isRemoved() || !context.channel().isActive();
    }

    /** Closes if it has outlived its use. */
    void sweep(long now) {
        Channel channel = connection.channelHandlerContext().channel();
        if (closing ? now - closeAt > 0 : isIdle(now) || isNotReading(channel)) {
            channel.close();
        }
    }

    private boolean isIdle(long now) {
        return inFlight == 0 && now - idleSince > front.config.idleTimeout().toNanos();
    }

    private static boolean isNotReading(Channel channel) {
        return !channel.isWritable() && channel.bytesBeforeWritable() > MAX_UNREAD;
    }

    /** Ends what was asked for by those who lost their right to it. */
    void cut(Predicate<Principal> lost, PlatformError reason) {
        Exchange next;
        for (Exchange exchange = unanswered; exchange != null; exchange = next) {
            next = exchange.after();
            exchange.cut(lost, reason);
        }
    }

    /** Tells the client that this connection takes no further requests, where the protocol has words for that. */
    void goAway() {
        if (connection instanceof Http2ServerConnection) {
            connection.goAway(0);
        }
    }
}
