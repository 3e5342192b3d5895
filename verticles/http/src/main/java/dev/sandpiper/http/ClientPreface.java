package dev.sandpiper.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.vertx.core.http.impl.Http2ServerConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answer that follows {@code 101 Switching Protocols} until the client has spoken HTTP/2 in its turn.
 *
 * <p>A server may answer at once, but the client in the JDK (25 and before) loses frames that come while it still changes its
 * protocol, and then waits for ever for the rest of the answer.
 */
final class ClientPreface extends ChannelDuplexHandler {
    /** Vert.x's handler of upgrades, on such connections only. */
    private static final String UPGRADE = "h2c";

    private @Nullable PendingWriteQueue held;

    private ClientPreface() {}

    /** Call when the connection opens: only the 101 and the server's own preface are on their way then. */
    static void await(HttpServerConnection connection) {
        Channel channel = connection.channelHandlerContext().channel();
        if (connection instanceof Http2ServerConnection && channel.pipeline().get(UPGRADE) != null) {
            var preface = new ClientPreface();
            channel.pipeline().addFirst(preface);
            connection.remoteSettingsHandler(settings -> preface.arrived(channel.pipeline()));
        }
    }

    private void arrived(ChannelPipeline pipeline) {
        if (pipeline.context(this) != null) {
            pipeline.remove(this);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        held = new PendingWriteQueue(context);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
        queue().add(message, written);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        queue().removeAndFailAll(new ClosedChannelException());
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        queue().removeAndWriteAll();
        context.flush();
    }

    private PendingWriteQueue queue() {
        return Objects.requireNonNull(held);
    }
}
