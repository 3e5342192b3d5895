package dev.sandpiper.sockets;

import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.HttpChunks;
import dev.sandpiper.protocol.SseEvents;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream of server-sent events over HTTP/1.1, which has its connection for itself. Vert.x writes the head of the answer and
 * then lets go of the connection; the body is written in chunks that all streams share.
 */
final class SseConnection extends ChannelConnection implements EventReceiver {
    /** A request that has not been answered yet. */
    private record Waiting(RoutingContext request, List<Topic> topics) {}

    private final Principal principal;
    private @Nullable Waiting waiting;
    private @Nullable FeedSubscription feed;
    private int lastWrite;
    private int deadline;
    private boolean live;
    private boolean ending;
    private boolean closed;

    SseConnection(SocketLoop loop, RoutingContext request, Principal principal, long number, List<Topic> topics) {
        super(loop, number);
        this.principal = principal;
        this.waiting = new Waiting(request, topics);
    }

    /** Begins to listen; from now on the connection counts until it is closed, whoever closes it. */
    void open(Reading reading) {
        loop.table().add(this);
        loop.metrics().subscribed(1);
        if (waiting != null) {
            // Also called when Vert.x lets go of the connection.
            waiting.request().addEndHandler(ended -> {
                if (waiting != null) {
                    closed();
                }
            });
        }
        feed = loop.subscribe(reading, this);
    }

    void closed() {
        if (!closed) {
            closed = true;
            unsubscribe();
            loop.table().remove(this);
            loop.metrics().subscribed(-1);
            loop.connections().closed(Transport.SSE);
        }
    }

    private void unsubscribe() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    // What the feed tells.

    @Override
    public void onOpen(FeedOpening opening) {
        Waiting answered = waiting;
        if (answered == null) {
            throw new IllegalStateException("a subscription opens once");
        }
        waiting = null;
        HttpServerResponse response = answered.request().response();
        SseHead.put(response);
        response.setChunked(true).writeHead();
        var connection = (HttpServerConnection) answered.request().request().connection();
        var pipeline = Takeover.of(connection.channelHandlerContext());
        pipeline.addLast(new SseInbound(this));
        pipeline.channel().config().setAutoRead(true);
        send(SseEvents.retry(loop.config().retry()));
        send(SseHead.subscribed(answered.topics(), opening, cursor -> loop.cursor(principal, cursor)));
        flush();
        if (!pipeline.channel().isActive()) {
            closed();
        }
    }

    @Override
    public void onEvent(StoredEvent event) {
        if (!ending) {
            deliver(event, loop.encoders().sseChunk(event), !live);
        }
    }

    @Override
    public void onBatchEnd() {
        if (isUnflushed()) {
            lastWrite = loop.now();
            if (live) {
                flushLive();
            } else {
                flush();
            }
        }
    }

    @Override
    public void onCaughtUp(Cursor position) {
        live = true;
    }

    @Override
    public void onPosition(Cursor position) {
        if (!ending) {
            send(SseHead.position(loop.cursor(principal, position)));
            flush();
        }
    }

    @Override
    public void onEnd(Cursor position) {
        feed = null;
        if (!ending && !closed) {
            ending = true;
            farewell(SseHead.end(loop.cursor(principal, position)));
        }
    }

    @Override
    public void onFailure(PlatformError error) {
        feed = null;
        end(error);
    }

    // What the connection tells.

    @Override
    void pauseReplay(boolean paused) {
        if (feed != null) {
            feed.pauseReplay(paused);
        }
    }

    @Override
    void tooSlow() {
        end(new ConnectionEnd.SlowConsumer(""));
    }

    // Closing, and what the registry asks.

    private void send(byte[] events) {
        lastWrite = loop.now();
        writeBytes(HttpChunks.of(events));
    }

    @Override
    public void end(PlatformError error) {
        if (ending || closed) {
            return;
        }
        ending = true;
        unsubscribe();
        loop.metrics().error(error);
        if (waiting != null) {
            // The answer has not begun: an ordinary HTTP error.
            loop.routes().fail(waiting.request(), error);
            return;
        }
        farewell(SseEvents.farewell(error));
    }

    private void farewell(byte[] event) {
        deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
        loop.backlog().end();
        context()
                .writeAndFlush(Unpooled.wrappedBuffer(HttpChunks.of(event), HttpChunks.last()))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void cut() {
        if (waiting != null) {
            waiting.request().request().connection().close();
        } else {
            context().close();
        }
    }

    @Override
    public void sweep(int now) {
        if (ending) {
            if (now - deadline >= 0) {
                cut();
            }
        } else if (waiting == null
                && now - lastWrite >= loop.config().commentInterval().toMillis()) {
            send(SseEvents.comment());
            flush();
        }
    }

    @Override
    public Transport transport() {
        return Transport.SSE;
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public boolean uses(KeyId key) {
        return principal.uses(key);
    }

    @Override
    public int subscriptions() {
        return 1;
    }
}
